/** The Backend API as methods, made from tables of endpoints. */

import { type Endpoints, asIs, createGroup } from './endpoints.ts'
import type { ApiCaller } from './request.ts'
import type { Jwks } from './resources.ts'
import { SESSIONS, type SessionsApi } from './sessions.ts'
import { USERS, type UsersApi } from './users.ts'

/** Signing keys of the instance. */
export interface JwksApi {
  getJwks(): Promise<Jwks>
}

const JWKS: Endpoints<JwksApi> = {
  getJwks: { request: () => ({ method: 'GET', path: ['jwks'] }), read: asIs },
}

/** The Backend API, as methods. A new resource is a new member here and in {@link GROUPS}. */
export interface ApiClient {
  readonly users: UsersApi
  readonly sessions: SessionsApi
  readonly jwks: JwksApi
}

/** Every method of the client, by group. */
export const GROUPS: { readonly [G in keyof ApiClient]: Endpoints<ApiClient[G]> } = {
  users: USERS,
  sessions: SESSIONS,
  jwks: JWKS,
}

/** Makes the methods of the Backend API out of the table. */
export function createApiClient(api: ApiCaller): ApiClient {
  const groups = Object.entries(GROUPS).map(([name, endpoints]) => [
    name,
    createGroup(endpoints as Endpoints<unknown>, api),
  ])
  return Object.fromEntries(groups) as ApiClient
}
