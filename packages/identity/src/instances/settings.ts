import { z } from 'zod'

import { IdentityError } from '../error.ts'
import { parseUrl } from '../http/url.ts'
import { findReservedClaim } from '../jwt-templates/reserved-claims.ts'

/** A setting: what it accepts, and how its text on a command line is read. */
interface Setting<S extends z.ZodType> {
  readonly schema: S
  readonly fallback: z.output<S>
  readonly read: (text: string) => unknown
}

const DAY = 24 * 60 * 60

const text = (fallback: string, schema: z.ZodString = z.string().max(1024)) => ({
  schema,
  fallback,
  read: (value: string) => value,
})
const flag = (fallback: boolean) => ({
  schema: z.boolean(),
  fallback,
  read: (value: string) => (value === 'true' ? true : value === 'false' ? false : value),
})
const count = (fallback: number, min: number, max: number) => ({
  schema: z.int().min(min).max(max),
  fallback,
  read: (value: string) => (/^\d{1,15}$/.test(value) ? Number(value) : value),
})
const choice = <const T extends readonly [string, ...string[]]>(
  options: T,
  fallback: T[number],
) => ({ schema: z.enum(options), fallback, read: (value: string) => value })

const origin = z.string().refine((value) => {
  const url = parseUrl(value)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === value
}, 'must be an origin such as https://app.example.com')

const address = (fallback = '') => ({
  schema: z
    .string()
    .max(2048)
    .refine(
      (value) => value === '' || /^https?:$/.test(parseUrl(value)?.protocol ?? ''),
      'must be an absolute http(s) address',
    ),
  fallback,
  read: (value: string) => value,
})

/** An address that paths are put behind. */
const base = () => {
  const { schema, ...rest } = address()
  return { ...rest, schema: schema.regex(/^[^?#@]*$/, 'must have no query and no user name') }
}

/** Session tokens stand in cookies, which browsers cut off at 4 kB. */
const MAX_SESSION_CLAIMS_CHARACTERS = 1200

const claims = z
  .record(z.string(), z.unknown())
  .refine((value) => findReservedClaim(value) === undefined, 'must set no reserved claim')
  .refine(
    (value) => JSON.stringify(value).length <= MAX_SESSION_CLAIMS_CHARACTERS,
    'must not be longer than 1200 characters',
  )

/** What is no JSON is refused by the schema, as text that it is. */
function readJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** Six digits: what a theme says ends up in style sheets. */
const color = (fallback: string) =>
  text(fallback, z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #0f766e'))

const ROLE_KEY = /^org:[a-z0-9_]{1,64}$/

const ENROLLMENT_MODES = [
  'manual_invitation',
  'automatic_invitation',
  'automatic_suggestion',
] as const

const EMAIL_STRATEGIES = ['email_code', 'email_link'] as const

/** Every setting of an instance. Durations are seconds. */
const SETTINGS = {
  application_name: text('Core', z.string().min(1).max(256)),
  /** Where browsers may come from and be sent to, besides the instance's own origins. */
  allowed_origins: {
    schema: z.array(origin).max(100),
    fallback: [],
    read: (value: string) => value.split(',').filter((part) => part !== ''),
  },
  /** Where the app's own server forwards to the Frontend API, if browsers reach it that way. */
  proxy_url: base(),
  /** `Domain` of the cookies an app reads. Empty: the Frontend API host without its first label. */
  cookie_domain: text('', z.string().max(253)),

  session_token_lifetime: count(60, 1, 3600),
  session_lifetime: count(7 * DAY, 60, 400 * DAY),
  /** After how long without use a session is given up. */
  session_inactivity_timeout: count(30 * DAY, 60, 400 * DAY),
  client_lifetime: count(400 * DAY, 3600, 400 * DAY),
  single_session_mode: flag(true),
  /** Of the token with which an app's server renews a session; 0 leaves that to the handshake. */
  refresh_token_lifetime: count(7 * DAY, 0, 400 * DAY),
  /** Form of session tokens. Older SDKs read the first only. */
  token_version: choice(['1', '2'], '1'),
  /** Claims of every session token besides its own, with the short codes of JWT templates. */
  session_claims: { schema: claims, fallback: {}, read: readJson },
  /** What the next signing key is made for. Older SDKs accept the first only. */
  signing_algorithm: choice(['RS256', 'ES256', 'EdDSA'], 'RS256'),
  /** Whether a production instance hands out tokens that pass the checks for robots. */
  testing_tokens: flag(false),

  sign_up_mode: choice(['public', 'restricted', 'waitlist'], 'public'),
  /** Whether only addresses on the allowlist may sign up, and none on the blocklist. */
  allowlist: flag(false),
  blocklist: flag(false),
  /** Whether addresses such as `ada+news@example.com` are refused. */
  block_email_subaddresses: flag(false),
  block_disposable_email_domains: flag(false),
  /** Whether Gmail addresses that differ in dots alone are one. */
  ignore_dots_for_gmail_addresses: flag(false),
  email_address: choice(['off', 'optional', 'required'], 'required'),
  username: choice(['off', 'optional', 'required'], 'off'),
  username_min_length: count(4, 1, 64),
  username_max_length: count(64, 4, 64),
  /** How addresses are proven, to sign up and to sign in. */
  email_verification_strategies: {
    schema: z.array(z.enum(EMAIL_STRATEGIES)).min(1).max(2),
    fallback: ['email_code'],
    read: (value: string) => value.split(',').filter((part) => part !== ''),
  },
  /** Whether a link proves something in the browser only that asked for it. */
  email_link_same_browser: flag(false),
  email_link_lifetime: count(600, 60, 3600),
  first_name: choice(['off', 'optional', 'required'], 'optional'),
  last_name: choice(['off', 'optional', 'required'], 'optional'),
  password: choice(['optional', 'required'], 'required'),
  password_min_length: count(8, 8, 72),
  password_max_length: count(72, 8, 72),
  password_require_lowercase: flag(false),
  password_require_uppercase: flag(false),
  password_require_numbers: flag(false),
  password_require_special_char: flag(false),
  legal_consent: flag(false),
  preferred_sign_in_strategy: choice(['password', 'otp'], 'password'),

  /** Whether nobody learns who has an account: what nobody has is answered as if somebody had it. */
  enumeration_protection: flag(false),
  attempt_lifetime: count(DAY, 60, 30 * DAY),
  code_lifetime: count(600, 30, 3600),
  code_max_attempts: count(5, 1, 20),
  /** Within this span a second request for a code sends nothing new. */
  code_resend_interval: count(30, 0, 600),
  /** How many codes one address is sent in an hour, whoever asks: guesses per hour are bounded. */
  codes_per_address_and_hour: count(20, 1, 1000),
  /** Percent of the limits in `rate-limits/limits.ts`; 0 turns them off. */
  rate_limits: count(100, 0, 100_000),
  /** Wrong passwords and codes in a row after which a user is locked; 0 turns locking off. */
  lockout_attempts: count(100, 0, 10_000),
  lockout_duration: count(3600, 60, 30 * DAY),

  /** How many e-mail addresses one user may have. */
  email_addresses_per_user: count(10, 1, 100),
  /** Whether changes of how one signs in need a proof that is not older than the minutes below. */
  reverification: flag(false),
  /** Minutes, not seconds: tokens count the age of a proof in them. */
  reverification_after: count(10, 1, 30 * 24 * 60),

  organizations: flag(true),
  /** Whether users may create organizations. */
  create_organization: flag(true),
  /** How many organizations one user may create; 0: any number. */
  organizations_per_user: count(100, 0, 1_000_000),
  /** How many members a new organization may have; 0: any number. */
  organization_max_memberships: count(0, 0, 1_000_000),
  /** Role of whoever creates an organization. */
  organization_creator_role: text('org:admin', z.string().regex(ROLE_KEY)),
  /** Whether a new organization may be deleted by its members. */
  organization_admin_delete: flag(true),
  /** Whether everybody acts in an organization: until one is chosen, a session is pending. */
  force_organization_selection: flag(false),
  organization_domains: flag(false),
  organization_domain_enrollment_modes: {
    schema: z.array(z.enum(ENROLLMENT_MODES)).max(3),
    fallback: [...ENROLLMENT_MODES],
    read: (value: string) => value.split(',').filter((part) => part !== ''),
  },
  /** Role of those who come in by their domain. */
  organization_domain_default_role: text('org:member', z.string().regex(ROLE_KEY)),
  /** Days for which it is kept what was done, and by whom. */
  audit_retention: count(90, 1, 3650),

  invitation_lifetime: count(30 * DAY, 60, 365 * DAY),
  invitations_per_organization_and_hour: count(250, 1, 100_000),

  delete_self: flag(true),
  home_url: address(),
  sign_in_url: address(),
  sign_up_url: address(),
  after_sign_in_url: address(),
  after_sign_up_url: address(),
  after_sign_out_url: address(),
  waitlist_url: address(),
  after_join_waitlist_url: address(),
  terms_url: address(),
  privacy_policy_url: address(),
  support_email: text(''),
  logo_image_url: address(),
  favicon_image_url: address(),
  /** Of buttons. The components make it lighter or darker where it could not be seen. */
  theme_primary_color: color('#1b1d22'),
  /** Of cards. A light one is for the light colour scheme only. */
  theme_background_color: color('#ffffff'),
  theme_border_radius: text('0.5rem', z.string().regex(/^\d{1,2}(?:\.\d{1,3})?(?:px|rem|em)$/)),
} satisfies Readonly<Record<string, Setting<z.ZodType>>>

type Table = typeof SETTINGS

/** Name of a setting. */
export type SettingName = keyof Table

/** The settings of an instance, complete. */
export type Settings = { readonly [K in SettingName]: z.output<Table[K]['schema']> }

/** Settings that differ from the defaults, as they are stored. */
export type SettingChanges = Partial<Settings>

/** Names of all settings, in alphabetical order. */
export const SETTING_NAMES: readonly string[] = Object.keys(SETTINGS).toSorted()

/**
 * Completes stored changes with the defaults. A stored value that this release does not
 * accept is an error, not a default: the default might be the less strict one.
 *
 * @throws {IdentityError} `invalid-setting`
 */
export function resolveSettings(changes: Readonly<Record<string, unknown>>): Settings {
  const resolved: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(SETTINGS)) {
    resolved[name] = Object.hasOwn(changes, name)
      ? checkSetting(name as SettingName, changes[name])
      : setting.fallback
  }
  return resolved as Settings
}

/**
 * Reads `name=value` pairs from a command line.
 *
 * @throws {IdentityError} `invalid-setting`, with the names there are
 */
export function parseSettingArguments(pairs: readonly string[]): SettingChanges {
  const changes: Record<string, unknown> = {}
  for (const pair of pairs) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? []
    if (!isSettingName(name) || !pair.includes('=')) throw unknownSetting(name)
    changes[name] = checkSetting(name, SETTINGS[name].read(value))
  }
  return changes
}

/**
 * Checks changes that come from a program.
 *
 * @throws {IdentityError} `invalid-setting`
 */
export function parseSettingChanges(changes: Readonly<Record<string, unknown>>): SettingChanges {
  return Object.fromEntries(
    Object.entries(changes).map(([name, value]) => {
      if (!isSettingName(name)) throw unknownSetting(name)
      return [name, checkSetting(name, value)]
    }),
  )
}

function unknownSetting(name: string): IdentityError {
  return new IdentityError(
    'invalid-setting',
    `"${name}" is not a setting. Write name=value with one of: ${SETTING_NAMES.join(', ')}.`,
  )
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name)
}

function checkSetting(name: SettingName, value: unknown): unknown {
  const result = SETTINGS[name].schema.safeParse(value)
  if (result.success) return result.data
  const problem = result.error.issues[0]?.message ?? 'is not valid'
  throw new IdentityError('invalid-setting', `The setting ${name} is not valid: ${problem}.`)
}
