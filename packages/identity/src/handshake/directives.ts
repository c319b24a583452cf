import { COOKIES, suffixedCookie, type SuffixableCookie } from '@core/protocol'

import { domainAttribute } from '../clients/cookies.ts'
import type { Instance } from '../instances/instance.ts'

/** What a handshake found out about a browser. */
export interface HandshakeState {
  /** Fresh session token, or `null` when nobody is signed in. */
  readonly sessionToken: string | null
  /** Seconds of the client's last sign-in; 0 when nobody is signed in. */
  readonly uat: number
  /** Development-browser token; absent in production. */
  readonly devBrowser: string | null
}

const YEAR = 365 * 24 * 60 * 60

/**
 * Writes the `Set-Cookie` values that bring the app's cookies in line with what is known here.
 *
 * @param isSuffixed whether the app reads suffixed names; plain names are written in any case
 */
export function writeDirectives(
  instance: Instance,
  state: HandshakeState,
  options: { readonly isSuffixed: boolean; readonly isSecure: boolean },
): string[] {
  const write = (
    name: SuffixableCookie,
    value: string,
    maxAge: number,
    ...more: readonly string[]
  ): string[] =>
    [name, ...(options.isSuffixed ? [suffixedCookie(name, instance.cookieSuffix)] : [])].map(
      (cookie) =>
        [
          `${cookie}=${value}`,
          'Path=/',
          ...more,
          `Max-Age=${maxAge}`,
          ...(options.isSecure ? ['Secure'] : []),
          'SameSite=Lax',
        ].join('; '),
    )
  const isProduction = instance.type === 'production'
  const shared = isProduction ? domainAttribute(instance) : []
  return [
    ...(isProduction ? [clearHandshakeCookie(instance, options.isSecure)] : []),
    ...write(COOKIES.clientUat, String(state.uat), YEAR, ...shared),
    ...(state.devBrowser === null ? [] : write(COOKIES.devBrowser, state.devBrowser, YEAR)),
    // The suffixed name comes last: the app takes the token of the last one.
    ...write(COOKIES.session, state.sessionToken ?? '', state.sessionToken === null ? 0 : YEAR),
  ]
}

/** Writes the cookie that carries a handshake to a production app. */
export function handshakeCookie(instance: Instance, token: string): string {
  return carrier(instance, token, 60, instance.origin.startsWith('https:'))
}

function clearHandshakeCookie(instance: Instance, isSecure: boolean): string {
  return carrier(instance, '', 0, isSecure)
}

function carrier(instance: Instance, value: string, maxAge: number, isSecure: boolean): string {
  return [
    `${COOKIES.handshake}=${value}`,
    'Path=/',
    ...domainAttribute(instance),
    `Max-Age=${maxAge}`,
    'HttpOnly',
    ...(isSecure ? ['Secure'] : []),
    'SameSite=Lax',
  ].join('; ')
}
