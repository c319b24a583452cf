import type {
  DeletedObjectJSON,
  EmailAddressJSON,
  JwksJSON,
  Metadata,
  SessionJSON,
  TokenJSON,
  UserJSON,
} from '@core/protocol'

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S

/** Members whose contents belong to the application and keep their spelling. */
const OPAQUE = [
  'public_metadata',
  'private_metadata',
  'unsafe_metadata',
  'actor',
  'claims',
  'custom_attributes',
] as const
type Opaque = (typeof OPAQUE)[number]

/** A resource as applications see it: the members of its JSON in camel case. */
export type Resource<T> = T extends readonly (infer Item)[]
  ? readonly Resource<Item>[]
  : T extends object
    ? string extends keyof T
      ? T
      : {
          readonly [K in keyof T as K extends string ? Camel<K> : K]: K extends Opaque
            ? T[K]
            : Resource<T[K]>
        }
    : T

/** What users have beyond the members of their JSON. None of it appears in `JSON.stringify()`. */
interface UserGetters {
  readonly fullName: string | null
  readonly primaryEmailAddress: EmailAddress | null
  readonly primaryPhoneNumber: Resource<unknown> | null
  readonly primaryWeb3Wallet: Resource<unknown> | null
}

/** The JSON a resource was made from. */
interface Raw<T> {
  readonly raw: T
}

export type User = Resource<UserJSON> & UserGetters & Raw<UserJSON>
export type EmailAddress = Resource<EmailAddressJSON> & Raw<EmailAddressJSON>
export type Session = Resource<SessionJSON> & Raw<SessionJSON>
export type Token = Resource<TokenJSON> & Raw<TokenJSON>
export type DeletedObject = Resource<DeletedObjectJSON> & Raw<DeletedObjectJSON>
export type OauthAccessToken = Resource<OauthAccessTokenJSON> & Raw<OauthAccessTokenJSON>
export type Jwks = JwksJSON

/** A token of a connected account. */
interface OauthAccessTokenJSON {
  readonly object: 'oauth_access_token'
  readonly external_account_id: string
  readonly provider: string
  readonly token: string
  readonly public_metadata: Metadata
  readonly label: string | null
  readonly scopes?: readonly string[]
  readonly token_secret?: string
  readonly expires_at?: number
}

/** A page of a list, and how many there are in all. */
export interface PaginatedResponse<T> {
  readonly data: readonly T[]
  readonly totalCount: number
}

type Members = Readonly<Record<string, unknown>>
type Getters = Readonly<Record<string, (this: Members) => unknown>>

/** What kinds of resource have beyond their JSON. */
const GETTERS: Readonly<Record<string, Getters>> = {
  user: {
    fullName() {
      return [this['firstName'], this['lastName']].filter(Boolean).join(' ') || null
    },
    primaryEmailAddress() {
      return findById(this['emailAddresses'], this['primaryEmailAddressId'])
    },
    primaryPhoneNumber() {
      return findById(this['phoneNumbers'], this['primaryPhoneNumberId'])
    },
    primaryWeb3Wallet() {
      return findById(this['web3Wallets'], this['primaryWeb3WalletId'])
    },
  },
  external_account: {
    externalId() {
      return this['providerUserId']
    },
  },
}

/**
 * Makes the resource that a JSON body describes: camel case throughout, metadata untouched.
 * `JSON.stringify()` of it gives the same members; `raw` is the body itself.
 */
export function toResource(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(toResource)
  if (typeof json !== 'object' || json === null) return json
  const resource: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(json)) {
    const isOpaque = OPAQUE.some((opaque) => opaque === name)
    Object.defineProperty(resource, toCamel(name), {
      value: isOpaque ? value : toResource(value),
      enumerable: true,
    })
  }
  const { object } = json as { readonly object?: unknown }
  if (typeof object !== 'string') return resource
  const getters = Object.hasOwn(GETTERS, object) ? GETTERS[object] : undefined
  for (const [name, get] of Object.entries(getters ?? {})) {
    Object.defineProperty(resource, name, { get })
  }
  return Object.defineProperty(resource, 'raw', { value: json })
}

/** Makes the list that a JSON body describes, whichever of the three shapes it has. */
export function toList(json: unknown): unknown {
  if (Array.isArray(json)) return { data: toResource(json), totalCount: json.length }
  const { data = [], total_count: totalCount = 0 } = (json ?? {}) as {
    readonly data?: unknown
    readonly total_count?: unknown
  }
  return { data: toResource(data), totalCount }
}

function toCamel(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function findById(list: unknown, id: unknown): unknown {
  if (!Array.isArray(list) || typeof id !== 'string') return null
  return (list as readonly { readonly id?: unknown }[]).find((item) => item.id === id) ?? null
}
