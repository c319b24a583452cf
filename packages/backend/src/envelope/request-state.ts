import type { SessionClaims } from '@core/protocol'
import { ClerkError } from '../errors.ts'
import type { ClerkOptions, ResolvedOptions } from '../options.ts'
import { parseToken } from '../session/token-gate.ts'
import { openEnvelope, sealEnvelope } from './envelope.ts'

/** Options that middleware hands on to the server. No others ever travel. */
export const TRAVELLING_OPTIONS = ['publishableKey', 'secretKey', 'signInUrl', 'signUpUrl'] as const

/** The options that travel, as far as the middleware was given them. */
export type TravellingOptions = Pick<ClerkOptions, (typeof TRAVELLING_OPTIONS)[number]>

/** What middleware tells the server about a request. */
export interface SealedState {
  /** The session token; `null` when signed out. */
  readonly token: string | null
  /** Why the request is not signed in. */
  readonly reason: string | null
  /** Public URL of the request. */
  readonly url: string
  readonly devBrowserToken: string | null
  readonly options: TravellingOptions
}

/** How long the server may take to ask. */
const MAX_AGE_MS = 300_000

/**
 * Seals what middleware found out. The key is `CLERK_ENCRYPTION_KEY`, else the secret key of the
 * environment.
 *
 * @throws {ClerkError} `options-invalid`, if there is no key, or if a secret key is to travel
 * without `CLERK_ENCRYPTION_KEY`.
 */
export async function sealState(
  state: Omit<SealedState, 'options'>,
  given: ClerkOptions,
  base: ResolvedOptions,
  now: number,
): Promise<string> {
  const options = travelling(given, base)
  if (options.secretKey !== undefined && base.encryptionKey === null) {
    throw missingKey('A secret key that is given to the middleware travels to the server encrypted')
  }
  const key = keyOf(base)
  return sealEnvelope({ ...state, options }, { purpose: 'request-state', key, now })
}

/**
 * Opens what {@link sealState} sealed.
 *
 * @throws {ClerkError} `envelope-invalid`
 */
export async function openState(
  text: string,
  base: ResolvedOptions,
  now: number,
): Promise<SealedState> {
  const letter = await openEnvelope(text, {
    purpose: 'request-state',
    key: keyOf(base),
    now,
    maxAgeMs: MAX_AGE_MS,
  })
  return letter as SealedState
}

/** Reads the claims of a token that the envelope vouches for. */
export function trustedClaims(token: string): SessionClaims | null {
  return (parseToken(token)?.claims as SessionClaims | undefined) ?? null
}

function travelling(given: ClerkOptions, base: ResolvedOptions): TravellingOptions {
  // What the server reads from the same environment need not travel.
  const known = { ...base, publishableKey: base.publishableKey?.key }
  return Object.fromEntries(
    TRAVELLING_OPTIONS.filter((name) => given[name] && given[name] !== known[name]).map((name) => [
      name,
      given[name],
    ]),
  )
}

function keyOf({ encryptionKey, secretKey }: ResolvedOptions): string {
  const key = encryptionKey ?? secretKey
  if (key === null) throw missingKey('What the middleware tells the server travels encrypted')
  return key
}

function missingKey(why: string): ClerkError {
  return new ClerkError(
    'options-invalid',
    `${why}. Set CLERK_ENCRYPTION_KEY to the output of \`openssl rand -hex 32\`.`,
  )
}
