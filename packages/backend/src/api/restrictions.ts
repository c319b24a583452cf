import type { Endpoints, PageParams } from './endpoints.ts'
import {
  type DeletedObject,
  type PaginatedResponse,
  type Raw,
  type Resource,
  toList,
} from './resources.ts'

/** An identifier, or a pattern of them, that may sign up. */
export type AllowlistIdentifier = Resource<AllowlistIdentifierJSON> & Raw<AllowlistIdentifierJSON>
/** An identifier, or a pattern of them, that may not sign up. */
export type BlocklistIdentifier = Resource<BlocklistIdentifierJSON> & Raw<BlocklistIdentifierJSON>

interface ListedIdentifierJSON {
  readonly id: string
  readonly identifier: string
  readonly identifier_type: 'email_address' | 'phone_number' | 'web3_wallet'
  readonly instance_id: string
  readonly created_at: number
  readonly updated_at: number
}

interface AllowlistIdentifierJSON extends ListedIdentifierJSON {
  readonly object: 'allowlist_identifier'
  readonly invitation_id?: string
}

interface BlocklistIdentifierJSON extends ListedIdentifierJSON {
  readonly object: 'blocklist_identifier'
}

interface IdentifierParams {
  /** An e-mail address, a phone number, a wallet, or a pattern of addresses: `*@example.com`. */
  readonly identifier: string
}

/** Who alone may sign up, where the instance is restricted to the list. */
export interface AllowlistIdentifiersApi {
  /** Lists who alone may sign up. */
  getAllowlistIdentifierList(params?: PageParams): Promise<PaginatedResponse<AllowlistIdentifier>>
  /** Allows an identifier, or a pattern of addresses. */
  createAllowlistIdentifier(
    params: IdentifierParams & {
      /** Whether the person is invited. Default: false. */
      readonly notify?: boolean
    },
  ): Promise<AllowlistIdentifier>
  /** Takes an identifier from the list. */
  deleteAllowlistIdentifier(allowlistIdentifierId: string): Promise<DeletedObject>
}

/** Who may not sign up. */
export interface BlocklistIdentifiersApi {
  /** Lists who may not sign up. */
  getBlocklistIdentifierList(params?: PageParams): Promise<PaginatedResponse<BlocklistIdentifier>>
  /** Blocks an identifier, or a pattern of addresses. */
  createBlocklistIdentifier(params: IdentifierParams): Promise<BlocklistIdentifier>
  /** Lets an identifier sign up again. */
  deleteBlocklistIdentifier(blocklistIdentifierId: string): Promise<DeletedObject>
}

/** How each method of {@link AllowlistIdentifiersApi} is carried out. */
// oxfmt-ignore
export const ALLOWLIST_IDENTIFIERS: Endpoints<AllowlistIdentifiersApi> = {
  getAllowlistIdentifierList: { request: (query) => ({ method: 'GET', path: ['allowlist_identifiers'], query: { ...query, paginated: true } }), read: toList },
  createAllowlistIdentifier:  { request: (body) => ({ method: 'POST', path: ['allowlist_identifiers'], body }) },
  deleteAllowlistIdentifier:  { request: (id) => ({ method: 'DELETE', path: ['allowlist_identifiers', id] }) },
}

/** How each method of {@link BlocklistIdentifiersApi} is carried out. */
// oxfmt-ignore
export const BLOCKLIST_IDENTIFIERS: Endpoints<BlocklistIdentifiersApi> = {
  getBlocklistIdentifierList: { request: (query) => ({ method: 'GET', path: ['blocklist_identifiers'], query }), read: toList },
  createBlocklistIdentifier:  { request: (body) => ({ method: 'POST', path: ['blocklist_identifiers'], body }) },
  deleteBlocklistIdentifier:  { request: (id) => ({ method: 'DELETE', path: ['blocklist_identifiers', id] }) },
}
