import { COOKIES, suffixedCookie, type SuffixableCookie } from '@core/protocol'

import { domainAttribute } from '../clients/cookies.ts'
import type { Instance } from '../instances/instance.ts'

/** What an app's cookies say of a session. */
export interface SessionCookies {
  /** Fresh session token, or `null` when nobody is signed in. */
  readonly sessionToken: string | null
  /** With which the app's server renews the session token; `null` if it cannot. */
  readonly refreshToken: string | null
}

/** What a handshake found out about a browser. */
export interface HandshakeState extends SessionCookies {
  /** Seconds of the client's last sign-in; 0 when nobody is signed in. */
  readonly uat: number
  /** Development-browser token; absent in production. */
  readonly devBrowser: string | null
}

/** How an app reads its cookies. */
export interface CookieForm {
  /** Whether it reads suffixed names; plain names are written in any case. */
  readonly isSuffixed: boolean
  readonly isSecure: boolean
}

const YEAR = 365 * 24 * 60 * 60

/** Writes the `Set-Cookie` values that bring the app's cookies in line with what is known here. */
export function writeDirectives(
  instance: Instance,
  state: HandshakeState,
  form: CookieForm,
): string[] {
  const isProduction = instance.type === 'production'
  const shared = isProduction ? domainAttribute(instance) : []
  return [
    ...(isProduction
      ? [COOKIES.handshake, COOKIES.handshakeNonce].map((name) =>
          carrier(instance, name, '', 0, form.isSecure),
        )
      : []),
    ...write(instance, form, COOKIES.clientUat, String(state.uat), YEAR, ...shared),
    ...(state.devBrowser === null
      ? []
      : write(instance, form, COOKIES.devBrowser, state.devBrowser, YEAR)),
    ...sessionDirectives(instance, state, form),
  ]
}

/** Writes the `Set-Cookie` values of a session. Its token comes last. */
export function sessionDirectives(
  instance: Instance,
  { sessionToken, refreshToken }: SessionCookies,
  form: CookieForm,
): string[] {
  const refreshLifetime = refreshToken === null ? 0 : instance.settings.refresh_token_lifetime
  return [
    attributes(
      // Read in this spelling only, and by servers only.
      suffixedCookie(COOKIES.refresh, instance.cookieSuffix),
      refreshToken ?? '',
      refreshLifetime,
      form.isSecure,
      ['HttpOnly'],
    ),
    // The suffixed name comes last: the app takes the token of the last one.
    ...write(instance, form, COOKIES.session, sessionToken ?? '', sessionToken === null ? 0 : YEAR),
  ]
}

function write(
  instance: Instance,
  { isSuffixed, isSecure }: CookieForm,
  name: SuffixableCookie,
  value: string,
  maxAge: number,
  ...more: readonly string[]
): string[] {
  return [name, ...(isSuffixed ? [suffixedCookie(name, instance.cookieSuffix)] : [])].map(
    (cookie) => attributes(cookie, value, maxAge, isSecure, more),
  )
}

function attributes(
  name: string,
  value: string,
  maxAge: number,
  isSecure: boolean,
  more: readonly string[],
): string {
  return [
    `${name}=${value}`,
    'Path=/',
    ...more,
    `Max-Age=${maxAge}`,
    ...(isSecure ? ['Secure'] : []),
    'SameSite=Lax',
  ].join('; ')
}

/** Writes the cookie that carries a handshake, or the name of one, to a production app. */
export function handshakeCookie(
  instance: Instance,
  name: typeof COOKIES.handshake | typeof COOKIES.handshakeNonce,
  value: string,
): string {
  return carrier(instance, name, value, 60, instance.origin.startsWith('https:'))
}

function carrier(
  instance: Instance,
  name: string,
  value: string,
  maxAge: number,
  isSecure: boolean,
): string {
  return [
    `${name}=${value}`,
    'Path=/',
    ...domainAttribute(instance),
    `Max-Age=${maxAge}`,
    'HttpOnly',
    ...(isSecure ? ['Secure'] : []),
    'SameSite=Lax',
  ].join('; ')
}
