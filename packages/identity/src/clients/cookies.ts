import { COOKIES, suffixedCookie } from '@core/protocol'

import type { Instance } from '../instances/instance.ts'

/** Writes the cookie that tells the Frontend API which client a browser is. */
export function clientCookie(instance: Instance, token: string): string {
  return attributes(`${COOKIES.client}=${token}`, instance, [
    'HttpOnly',
    `Max-Age=${instance.settings.client_lifetime}`,
  ])
}

/** Takes the client cookie away. */
export function clearedClientCookie(instance: Instance): string {
  return attributes(`${COOKIES.client}=`, instance, ['HttpOnly', 'Max-Age=0'])
}

/** Writes `__client_uat`, plain and suffixed, for the apps of an instance. */
export function uatCookies(
  instance: Instance,
  seconds: number,
  names: readonly string[] = [
    COOKIES.clientUat,
    suffixedCookie(COOKIES.clientUat, instance.cookieSuffix),
  ],
): string[] {
  return names.map((name) =>
    attributes(`${name}=${seconds}`, instance, [
      ...domainAttribute(instance),
      `Max-Age=${instance.settings.client_lifetime}`,
    ]),
  )
}

/** The `Domain` that the Frontend API and the apps share, if they do not share the host itself. */
export function domainAttribute(instance: Instance): string[] {
  const { satellite, settings } = instance
  const domain =
    satellite === null
      ? settings.cookie_domain || defaultDomain(instance.frontendApi)
      : sharedDomain(satellite.name)
  return domain === '' ? [] : [`Domain=${domain}`]
}

/** `clerk.example.com` → `example.com`. */
function defaultDomain(frontendApi: string): string {
  return sharedDomain(frontendApi.slice(frontendApi.indexOf('.') + 1))
}

/** A bare name or an address has nothing to share. */
function sharedDomain(host: string): string {
  const name = host.replace(/:\d+$/, '')
  return !name.includes('.') || /^[\d.]+$|^\[/.test(name) ? '' : name
}

function attributes(pair: string, instance: Instance, more: readonly string[]): string {
  const secure = instance.origin.startsWith('https:') ? ['Secure'] : []
  return [pair, 'Path=/', ...more, ...secure, 'SameSite=Lax'].join('; ')
}
