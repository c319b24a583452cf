import type { FactorVerificationAge } from './claims.ts'

/** How strong and how recent a verification must be. */
export type ReverificationLevel = 'first_factor' | 'second_factor' | 'multi_factor'

/** Named reverification policies. */
export type ReverificationPreset = 'strict_mfa' | 'strict' | 'moderate' | 'lax'

/** A reverification policy: the level, and within how many minutes it was reached. */
export type ReverificationConfig =
  | ReverificationPreset
  | { readonly level: ReverificationLevel; readonly afterMinutes: number }

/** Roles and permissions an application names, by declaration merging: `role` and `permission`. */
// oxlint-disable-next-line typescript/no-empty-object-type -- an interface, so that users can merge into it
export interface ClerkAuthorization {}

// `string & {}` keeps the named members in an editor's suggestions.
type Named<K extends string> = ClerkAuthorization extends {
  readonly [P in K]: infer V extends string
}
  ? V
  : string

/** Key of a role: `org:admin`. */
export type OrganizationRoleKey = Named<'role'>

/** Key of a custom permission: `org:invoices:create`. System permissions never reach a token. */
export type OrganizationPermissionKey = Named<'permission'>

type NotSystem<P extends string> = P extends `${'org:' | ''}sys_${string}` ? never : P

/** What `has()` is asked. Every condition that is named must hold. */
export interface AuthorizationParams<P extends string = OrganizationPermissionKey> {
  readonly role?: OrganizationRoleKey | undefined
  readonly permission?: NotSystem<P> | undefined
  /** `feature`, `org:feature` or `user:feature`. */
  readonly feature?: string | undefined
  /** `plan`, `org:plan` or `user:plan`. */
  readonly plan?: string | undefined
  readonly reverification?: ReverificationConfig | undefined
}

/** Answers whether the current user meets every named condition. */
export type Has = <P extends string>(params: AuthorizationParams<P>) => boolean

/** What a decision about rights is made from. */
export interface AuthorizationFacts {
  readonly userId: string | null | undefined
  readonly orgId: string | null | undefined
  readonly orgRole: string | null | undefined
  readonly orgPermissions: readonly string[] | null | undefined
  readonly factorVerificationAge: FactorVerificationAge | null | undefined
  /** Comma list of `scope:feature`, as in the claim. */
  readonly features?: string | null | undefined
  /** Comma list of `scope:plan`, as in the claim. */
  readonly plans?: string | null | undefined
}

type Check = (asked: unknown, facts: AuthorizationFacts) => boolean

// A condition without a row here is unknown and denies.
const CHECKS: { readonly [K in keyof Required<AuthorizationParams>]: Check } = {
  role: (asked, { orgId, orgRole }) =>
    Boolean(orgId) &&
    isFilled(asked) &&
    isFilled(orgRole) &&
    withOrgPrefix(asked) === withOrgPrefix(orgRole),
  permission: (asked, { orgId, orgPermissions }) =>
    Boolean(orgId) &&
    isFilled(asked) &&
    Array.isArray(orgPermissions) &&
    orgPermissions.includes(withOrgPrefix(asked)),
  feature: (asked, { features }) => isListed(asked, features),
  plan: (asked, { plans }) => isListed(asked, plans),
  reverification: (asked, { factorVerificationAge }) => isFresh(asked, factorVerificationAge),
}

/**
 * Decides whether a user meets every named condition. Pure.
 *
 * Denies when nothing is asked, when a condition is unknown or malformed, and when a claim that a
 * condition needs is absent. A condition whose value is `undefined` counts as not asked.
 */
export function isAuthorized(facts: AuthorizationFacts, params: unknown): boolean {
  if (!facts.userId || typeof params !== 'object' || params === null) return false
  const asked = Object.entries(params).filter(([, value]) => value !== undefined)
  return (
    asked.length > 0 &&
    asked.every(
      ([name, value]) =>
        Object.hasOwn(CHECKS, name) && CHECKS[name as keyof typeof CHECKS](value, facts),
    )
  )
}

/** Writes a role or permission with exactly one `org:` in front. */
export function withOrgPrefix(value: string): string {
  return value.replace(/^(?:org:)*/, 'org:')
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

const SCOPES: Readonly<Record<string, string>> = {
  o: 'o',
  org: 'o',
  organization: 'o',
  u: 'u',
  user: 'u',
}

function isListed(asked: unknown, claim: string | null | undefined): boolean {
  if (!isFilled(asked) || !isFilled(claim)) return false
  const [id, scope] = asked.split(':', 2).toReversed()
  if (!isFilled(id)) return false
  const wanted = scope === undefined ? 'ou' : Object.hasOwn(SCOPES, scope) ? SCOPES[scope] : ''
  const entries = claim.split(',').map((entry) => entry.trim().split(':'))
  // One malformed entry makes the whole claim untrustworthy.
  if (entries.some((entry) => entry.length !== 2)) return false
  return entries.some(
    ([scopes = '', name]) =>
      name === id && /^(?:o|u|ou|uo)$/.test(scopes) && [...scopes].some((s) => wanted?.includes(s)),
  )
}

const PRESETS: { readonly [K in ReverificationPreset]: Exclude<ReverificationConfig, string> } = {
  strict_mfa: { level: 'multi_factor', afterMinutes: 10 },
  strict: { level: 'second_factor', afterMinutes: 10 },
  moderate: { level: 'second_factor', afterMinutes: 60 },
  lax: { level: 'second_factor', afterMinutes: 1440 },
}

function isFresh(asked: unknown, age: unknown): boolean {
  const policy = parsePolicy(asked)
  if (policy === null || !isAge(age)) return false
  const [first, second] = age
  const isRecent = (minutes: number): boolean => minutes !== -1 && policy.afterMinutes > minutes
  switch (policy.level) {
    case 'first_factor':
      return isRecent(first)
    case 'second_factor':
      return second === -1 ? isRecent(first) : isRecent(second)
    case 'multi_factor':
      return isRecent(first) && (second === -1 || isRecent(second))
  }
}

function parsePolicy(asked: unknown): Exclude<ReverificationConfig, string> | null {
  if (typeof asked === 'string') {
    return Object.hasOwn(PRESETS, asked) ? PRESETS[asked as ReverificationPreset] : null
  }
  if (typeof asked !== 'object' || asked === null) return null
  const { level, afterMinutes } = asked as { level?: unknown; afterMinutes?: unknown }
  const isLevel = level === 'first_factor' || level === 'second_factor' || level === 'multi_factor'
  const isSpan =
    typeof afterMinutes === 'number' && Number.isFinite(afterMinutes) && afterMinutes > 0
  return isLevel && isSpan ? { level, afterMinutes } : null
}

function isAge(age: unknown): age is FactorVerificationAge {
  return (
    Array.isArray(age) &&
    age.length === 2 &&
    age.every((m) => typeof m === 'number' && Number.isFinite(m) && (m === -1 || m >= 0)) &&
    !(age[0] === -1 && age[1] === -1)
  )
}
