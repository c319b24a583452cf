import type { SessionJSON } from '@core/protocol'
import { type Endpoints, type PageParams, asIs } from './endpoints.ts'
import { type PaginatedResponse, type Raw, type Resource, toList } from './resources.ts'
import type { Session } from './sessions.ts'

/** One browser, as the Backend API shows it. */
export type Client = Resource<BackendClientJSON> &
  Raw<BackendClientJSON> & { readonly sessions: readonly Session[] }

interface BackendClientJSON {
  readonly object: 'client'
  readonly id: string
  readonly session_ids: readonly string[]
  readonly sessions: readonly SessionJSON[]
  readonly sign_in_id: string | null
  readonly sign_up_id: string | null
  readonly last_active_session_id: string | null
  readonly last_authentication_strategy?: string | null
  readonly created_at: number
  readonly updated_at: number
}

/** Browsers. Every method rejects with a `ClerkAPIResponseError` if the API refuses. */
export interface ClientsApi {
  /** @deprecated An instance may refuse to list its clients. */
  getClientList(params?: PageParams): Promise<PaginatedResponse<Client>>
  /** Fetches one client with its sessions. */
  getClient(clientId: string): Promise<Client>
  /** Finds the client of the token that browsers have in the cookie `__client`. */
  verifyClient(token: string): Promise<Client>
  /** Exchanges the nonce of a handshake, once, for the cookies that it stands for. */
  getHandshakePayload(params: {
    readonly nonce: string
  }): Promise<{ readonly directives: readonly string[] }>
}

/** How each method of {@link ClientsApi} is carried out. */
// oxfmt-ignore
export const CLIENTS: Endpoints<ClientsApi> = {
  getClientList:       { request: (query) => ({ method: 'GET', path: ['clients'], query: { ...query, paginated: true } }), read: toList },
  getClient:           { request: (id) => ({ method: 'GET', path: ['clients', id] }) },
  verifyClient:        { request: (token) => ({ method: 'POST', path: ['clients', 'verify'], body: { token } }) },
  getHandshakePayload: { request: (query) => ({ method: 'GET', path: ['clients', 'handshake_payload'], query }), read: asIs },
}
