/** The instance itself: its settings, its addresses, its keys. */

import type { JwksJSON } from '@core/protocol'
import { type Endpoints, type PageParams, asIs } from './endpoints.ts'
import type { OrganizationEnrollmentMode } from './organization-resources.ts'
import {
  type DeletedObject,
  type PaginatedResponse,
  type Raw,
  type Resource,
  toList,
} from './resources.ts'

/** The instance, as its secret key sees it. */
export type Instance = Resource<InstanceJSON> & Raw<InstanceJSON>
/** Who may sign up, as far as addresses decide it. */
export type InstanceRestrictions = Resource<InstanceRestrictionsJSON> &
  Raw<InstanceRestrictionsJSON>
/** What organizations of the instance may do. */
export type OrganizationSettings = Resource<OrganizationSettingsJSON> &
  Raw<OrganizationSettingsJSON>
/** A domain of the instance: the primary one, or a satellite. */
export type Domain = Resource<DomainJSON> & Raw<DomainJSON>
/** An address that native applications may be sent back to. */
export type RedirectUrl = Resource<RedirectUrlJSON> & Raw<RedirectUrlJSON>
/** The public keys of the instance, as a JSON Web Key Set (RFC 7517). */
export type Jwks = JwksJSON

interface InstanceJSON {
  readonly object: 'instance'
  readonly id: string
  readonly environment_type: string
  readonly allowed_origins: readonly string[] | null
}

interface InstanceRestrictionsJSON {
  readonly object: 'instance_restrictions'
  readonly allowlist: boolean
  readonly blocklist: boolean
  readonly block_email_subaddresses: boolean
  readonly block_disposable_email_domains: boolean
  readonly ignore_dots_for_gmail_addresses: boolean
}

interface OrganizationSettingsJSON {
  readonly object: 'organization_settings'
  readonly enabled: boolean
  readonly max_allowed_memberships: number
  readonly max_allowed_roles: number
  readonly max_allowed_permissions: number
  /** Key of a role. */
  readonly creator_role: string
  readonly admin_delete_enabled: boolean
  readonly domains_enabled: boolean
  readonly slug_disabled?: boolean
  readonly domains_enrollment_modes: readonly OrganizationEnrollmentMode[]
  /** Key of a role. */
  readonly domains_default_role: string
}

interface DomainJSON {
  readonly object: 'domain'
  readonly id: string
  readonly name: string
  readonly is_satellite: boolean
  readonly frontend_api_url: string
  readonly accounts_portal_url?: string | null
  readonly proxy_url?: string | null
  readonly development_origin: string
  readonly cname_targets: readonly {
    readonly host: string
    readonly value: string
    readonly required: boolean
  }[]
}

interface RedirectUrlJSON {
  readonly object: 'redirect_url'
  readonly id: string
  readonly url: string
  readonly created_at: number
  readonly updated_at: number
}

/** Settings of the instance. */
export interface InstanceApi {
  /** Fetches the instance that the secret key belongs to. */
  get(): Promise<Instance>
  /** Changes the settings that are given. */
  update(params: {
    readonly testMode?: boolean | null
    /** Whether passwords that are known from breaches are refused. */
    readonly hibp?: boolean | null
    readonly enhancedEmailDeliverability?: boolean | null
    readonly supportEmail?: string | null
    readonly clerkJsVersion?: string | null
    readonly developmentOrigin?: string | null
    readonly allowedOrigins?: readonly string[]
    readonly urlBasedSessionSyncing?: boolean | null
    readonly preferredSignInStrategyWhenPasswordRequired?: 'password' | 'otp' | ''
  }): Promise<void>
  /** Changes the restrictions that are given, and returns all of them. */
  updateRestrictions(params: {
    readonly allowlist?: boolean | null
    readonly blocklist?: boolean | null
    readonly blockEmailSubaddresses?: boolean | null
    readonly blockDisposableEmailDomains?: boolean | null
    readonly ignoreDotsForGmailAddresses?: boolean | null
  }): Promise<InstanceRestrictions>
  /** Fetches what organizations may do. */
  getOrganizationSettings(): Promise<OrganizationSettings>
  /** Changes the settings that are given, and returns all of them. */
  updateOrganizationSettings(params: {
    readonly enabled?: boolean | null
    readonly maxAllowedMemberships?: number | null
    readonly adminDeleteEnabled?: boolean | null
    readonly domainsEnabled?: boolean | null
    readonly domainsEnrollmentModes?: readonly OrganizationEnrollmentMode[]
    readonly creatorRoleId?: string | null
    readonly domainsDefaultRoleId?: string | null
  }): Promise<OrganizationSettings>
}

/** Domains of the instance. The API's spelling of parameters is the client's. */
export interface DomainsApi {
  /** Lists all domains, without pages. */
  list(): Promise<PaginatedResponse<Domain>>
  /** Adds a satellite. */
  add(params: {
    readonly name: string
    readonly is_satellite: boolean
    readonly proxy_url?: string | null
  }): Promise<Domain>
  /** Changes what is given of a domain. */
  update(params: {
    readonly domainId: string
    readonly name?: string | null
    readonly proxy_url?: string | null
    readonly is_secondary?: boolean | null
  }): Promise<Domain>
  /** Removes a satellite. */
  delete(domainId: string): Promise<DeletedObject>
  /** @deprecated Use `delete()`. */
  deleteDomain(domainId: string): Promise<DeletedObject>
}

/** Where native applications may be sent back to. */
export interface RedirectUrlsApi {
  /** Lists the addresses. */
  getRedirectUrlList(params?: PageParams): Promise<PaginatedResponse<RedirectUrl>>
  /** Fetches one address. */
  getRedirectUrl(redirectUrlId: string): Promise<RedirectUrl>
  /** Allows an address: `https`, or a scheme of an application's own. */
  createRedirectUrl(params: { readonly url: string }): Promise<RedirectUrl>
  /** Forbids an address again. */
  deleteRedirectUrl(redirectUrlId: string): Promise<DeletedObject>
}

/** Signing keys of the instance. */
export interface JwksApi {
  /** Fetches the public keys that session tokens are verified with. */
  getJwks(): Promise<Jwks>
}

/** How each method of {@link InstanceApi} is carried out. */
// oxfmt-ignore
export const INSTANCE: Endpoints<InstanceApi> = {
  get:                        { request: () => ({ method: 'GET', path: ['instance'] }) },
  update:                     { request: (body) => ({ method: 'PATCH', path: ['instance'], body }), read: nothing },
  updateRestrictions:         { request: (body) => ({ method: 'PATCH', path: ['instance', 'restrictions'], body }) },
  getOrganizationSettings:    { request: () => ({ method: 'GET', path: ['instance', 'organization_settings'] }) },
  updateOrganizationSettings: { request: (body) => ({ method: 'PATCH', path: ['instance', 'organization_settings'], body }) },
}

/** How each method of {@link DomainsApi} is carried out. */
// oxfmt-ignore
export const DOMAINS: Endpoints<DomainsApi> = {
  list:         { request: () => ({ method: 'GET', path: ['domains'] }), read: toList },
  add:          { request: (body) => ({ method: 'POST', path: ['domains'], body }) },
  update:       { request: ({ domainId, ...body }) => ({ method: 'PATCH', path: ['domains', domainId], body }) },
  delete:       { request: (id) => ({ method: 'DELETE', path: ['domains', id] }) },
  deleteDomain: { request: (id) => ({ method: 'DELETE', path: ['domains', id] }) },
}

/** How each method of {@link RedirectUrlsApi} is carried out. */
// oxfmt-ignore
export const REDIRECT_URLS: Endpoints<RedirectUrlsApi> = {
  getRedirectUrlList: { request: (query) => ({ method: 'GET', path: ['redirect_urls'], query: { ...query, paginated: true } }), read: toList },
  getRedirectUrl:     { request: (id) => ({ method: 'GET', path: ['redirect_urls', id] }) },
  createRedirectUrl:  { request: (body) => ({ method: 'POST', path: ['redirect_urls'], body }) },
  deleteRedirectUrl:  { request: (id) => ({ method: 'DELETE', path: ['redirect_urls', id] }) },
}

/** How each method of {@link JwksApi} is carried out. */
export const JWKS: Endpoints<JwksApi> = {
  getJwks: { request: () => ({ method: 'GET', path: ['jwks'] }), read: asIs },
}

function nothing(): undefined {}
