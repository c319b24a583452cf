/** Short codes: what stands between `{{` and `}}` in the claims of a template. */

/** What short codes can name. A value that is not there is `null`. */
export interface Subject {
  readonly user: {
    readonly id: string
    readonly firstName: string | null
    readonly lastName: string | null
    readonly username: string | null
    readonly externalId: string | null
    readonly primaryEmailAddress: string | null
    readonly hasVerifiedEmailAddress: boolean
    readonly imageUrl: string
    readonly hasImage: boolean
    readonly hasTwoFactors: boolean
    /** Unix milliseconds, as the next ones. */
    readonly createdAt: number
    readonly updatedAt: number
    readonly lastSignInAt: number | null
    readonly publicMetadata: object
    readonly unsafeMetadata: object
    /** Role by id of organization. */
    readonly organizations: Readonly<Record<string, string>>
  }
  /** The active organization of the session, with the user's membership in it. */
  readonly organization: {
    readonly id: string
    readonly name: string
    readonly slug: string | null
    readonly role: string
    readonly permissions: readonly string[]
    readonly imageUrl: string
    readonly hasImage: boolean
    readonly publicMetadata: object
    readonly membershipPublicMetadata: object
  } | null
  readonly session: { readonly actor: object | null }
}

/** Tokens count seconds where the APIs count milliseconds. */
const inSeconds = (time: number | null): number | null =>
  time === null ? null : Math.floor(time / 1000)

/** Every short code. Those of objects also lead to what is inside: `user.public_metadata.plan.name`. */
// oxfmt-ignore
const SHORT_CODES: Readonly<Record<string, (subject: Subject) => unknown>> = {
  'user.id':                        ({ user }) => user.id,
  'user.first_name':                ({ user }) => user.firstName,
  'user.last_name':                 ({ user }) => user.lastName,
  'user.full_name':                 ({ user }) => [user.firstName, user.lastName].filter(Boolean).join(' ') || null,
  'user.username':                  ({ user }) => user.username,
  'user.external_id':               ({ user }) => user.externalId,
  'user.primary_email_address':     ({ user }) => user.primaryEmailAddress,
  'user.primary_phone_number':      () => null,
  'user.primary_phone_address':     () => null,
  'user.primary_web3_wallet':       () => null,
  'user.email_verified':            ({ user }) => user.hasVerifiedEmailAddress,
  'user.phone_number_verified':     () => false,
  'user.image_url':                 ({ user }) => user.imageUrl,
  'user.profile_image_url':         ({ user }) => user.imageUrl,
  'user.has_image':                 ({ user }) => user.hasImage,
  'user.two_factor_enabled':        ({ user }) => user.hasTwoFactors,
  'user.created_at':                ({ user }) => inSeconds(user.createdAt),
  'user.updated_at':                ({ user }) => inSeconds(user.updatedAt),
  'user.last_sign_in_at':           ({ user }) => inSeconds(user.lastSignInAt),
  'user.public_metadata':           ({ user }) => user.publicMetadata,
  'user.unsafe_metadata':           ({ user }) => user.unsafeMetadata,
  'user.organizations':             ({ user }) => user.organizations,
  'org.id':                         ({ organization }) => organization?.id,
  'org.name':                       ({ organization }) => organization?.name,
  'org.slug':                       ({ organization }) => organization?.slug,
  'org.role':                       ({ organization }) => organization?.role,
  'org.image_url':                  ({ organization }) => organization?.imageUrl,
  'org.has_image':                  ({ organization }) => organization?.hasImage,
  'org.public_metadata':            ({ organization }) => organization?.publicMetadata,
  'org_membership.public_metadata': ({ organization }) => organization?.membershipPublicMetadata,
  'org_membership.permissions':     ({ organization }) => organization?.permissions,
  'session.actor':                  ({ session }) => session.actor,
}

/** Fills in the claims of a template. Names of claims are never filled in, and values only once. */
export function renderClaims(
  claims: Readonly<Record<string, unknown>>,
  subject: Subject,
): Record<string, unknown> {
  return renderObject(claims, subject)
}

function renderObject(value: object, subject: Subject): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, render(it, subject)]))
}

function render(value: unknown, subject: Subject): unknown {
  if (typeof value === 'string') return renderText(value, subject)
  if (Array.isArray(value)) return value.map((it) => render(it, subject))
  return typeof value === 'object' && value !== null ? renderObject(value, subject) : value
}

/** One short code: operands, of which those in quotes may hold anything. */
const EXPRESSION = /\{\{((?:'[^']*'|[^{}'])*)\}\}/g

function renderText(text: string, subject: Subject): unknown {
  const [only] = text.matchAll(EXPRESSION)
  // Alone, a short code keeps the type of its value.
  if (only !== undefined && only[0] === text) return evaluate(only[1] ?? '', subject)
  return text.replaceAll(EXPRESSION, (_match, expression: string) =>
    toText(evaluate(expression, subject)),
  )
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The first operand that is neither `null` nor `false`, else the last one. */
function evaluate(expression: string, subject: Subject): unknown {
  let value: unknown = null
  for (const [operand] of expression.matchAll(/(?:'[^']*'|[^|'])+/g)) {
    value = evaluateOperand(operand.trim(), subject)
    if (value !== null && value !== false) return value
  }
  return value
}

function evaluateOperand(operand: string, subject: Subject): unknown {
  if (/^'[^']*'$/.test(operand)) return operand.slice(1, -1)
  if (/^-?\d{1,15}(?:\.\d{1,15})?$/.test(operand)) return Number(operand)
  if (operand === 'true' || operand === 'false') return operand === 'true'
  const parts = operand.split('.')
  // The longest name that is known; what follows leads into its value.
  for (let length = parts.length; length > 0; length--) {
    const name = parts.slice(0, length).join('.')
    if (!Object.hasOwn(SHORT_CODES, name)) continue
    return follow(SHORT_CODES[name]?.(subject) ?? null, parts.slice(length))
  }
  return null
}

function follow(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return null
    // Of what a value inherits, or an array knows about itself, nothing is metadata.
    if (!Object.hasOwn(found, key) || (Array.isArray(found) && !/^\d+$/.test(key))) return null
    found = (found as Readonly<Record<string, unknown>>)[key]
  }
  return found
}
