import type { DeletedObjectJSON } from '@core/protocol'

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S

/** Members whose contents keep their spelling: most belong to the application. */
const OPAQUE = [
  'public_metadata',
  'private_metadata',
  'unsafe_metadata',
  'actor',
  'claims',
  'public_organization_data',
] as const
type Opaque = (typeof OPAQUE)[number]

/** The one address among the members: applications know it under this name, as a `URL`. */
const ADDRESS = { external_verification_redirect_url: 'externalVerificationRedirectURL' } as const
type Address = typeof ADDRESS

/** A resource as applications see it: the members of its JSON in camel case. */
export type Resource<T> = T extends readonly (infer Item)[]
  ? readonly Resource<Item>[]
  : T extends object
    ? string extends keyof T
      ? T
      : {
          readonly [
            K in keyof T as K extends keyof Address ? Address[K] : K extends string ? Camel<K> : K
          ]: K extends Opaque ? T[K] : K extends keyof Address ? URL | null : Resource<T[K]>
        }
    : T

/** The JSON a resource was made from. */
export interface Raw<T> {
  readonly raw: T
}

/** What is left of a resource that was deleted: its kind and its id. */
export type DeletedObject = Resource<Required<DeletedObjectJSON>> & Raw<DeletedObjectJSON>

/** A page of a list, and how many there are in all. */
export interface PaginatedResponse<T> {
  /** The page. */
  readonly data: readonly T[]
  /** How many there are on all pages. */
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

/** Kinds of resource that have a form of their own. All others are handed on as they came. */
const KINDS: ReadonlySet<unknown> = new Set([
  'actor_token',
  'allowlist_identifier',
  'blocklist_identifier',
  'client',
  'cookies',
  'domain',
  'email_address',
  'external_account',
  'facebook_account',
  'google_account',
  'instance',
  'instance_restrictions',
  'invitation',
  'jwt_template',
  'oauth_access_token',
  'organization',
  'organization_invitation',
  'organization_membership',
  'organization_settings',
  'permission',
  'phone_number',
  'redirect_url',
  'role',
  'session',
  'sign_in_token',
  'token',
  'user',
  'web3_wallet',
])

/**
 * Makes the resource that a JSON body describes: camel case throughout, metadata untouched.
 * `JSON.stringify()` of it gives the same members; `raw` is the body itself. A body of another kind
 * is returned as it is, so that a server can be newer than its clients.
 */
export function toResource(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(toResource)
  if (typeof json !== 'object' || json === null || !('object' in json)) return json
  if ('deleted' in json) return toCamelCase({ id: null, slug: null, ...json }, json)
  return KINDS.has(json.object) ? toCamelCase(json) : json
}

function toCamelCase(json: object, raw: object = json): object {
  const resource: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(json)) {
    const [member, content] = toMember(name, value)
    // A newer server may send what is computed here.
    const property = { value: content, enumerable: true, configurable: true }
    Object.defineProperty(resource, member, property)
  }
  const { object } = raw as { readonly object?: unknown }
  if (typeof object !== 'string') return resource
  const getters = Object.hasOwn(GETTERS, object) ? GETTERS[object] : undefined
  for (const [name, get] of Object.entries(getters ?? {})) {
    Object.defineProperty(resource, name, { get, enumerable: false })
  }
  return Object.defineProperty(resource, 'raw', { value: raw, enumerable: false })
}

function toMember(name: string, value: unknown): readonly [name: string, value: unknown] {
  if (Object.hasOwn(ADDRESS, name)) {
    const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null
    return [ADDRESS[name as keyof Address], url]
  }
  const isOpaque = OPAQUE.some((opaque) => opaque === name)
  return [toCamel(name), isOpaque ? value : withMembersInCamelCase(value)]
}

function withMembersInCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMembersInCamelCase)
  return typeof value === 'object' && value !== null ? toCamelCase(value) : value
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
