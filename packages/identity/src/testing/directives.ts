/** What a handshake brings, as an app would read it. */

import { COOKIES, QUERY } from '@core/protocol'

import type { Answer, TestBrowser, TestInstance } from './server.ts'

/** The value that a handshake brings under one of its names, in the address or in a cookie. */
export function carriedBy(
  instance: TestInstance,
  answer: Answer,
  name: '__clerk_handshake' | '__clerk_handshake_nonce' = QUERY.handshake,
): string | null {
  if (instance.type === 'development') {
    return new URL(answer.headers.get('location') ?? '').searchParams.get(name)
  }
  const cookie = answer.cookies.find((line) => line.startsWith(`${name}=`))
  return cookie?.split(';')[0]?.slice(name.length + 1) ?? null
}

/** The directives of a handshake token, its signature checked. */
export async function directivesOf(instance: TestInstance, answer: Answer): Promise<string[]> {
  const { handshake } = await instance.verify(carriedBy(instance, answer) ?? '')
  return handshake as string[]
}

/** Cookies by name. */
export function cookiesOf(directives: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    directives.map((line) => {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

/** The cookies that an app has after it sent a browser through a handshake. */
export async function handshakeCookies(
  browser: TestBrowser,
  url: string,
): Promise<{ readonly session: string; readonly refresh: string }> {
  const answer = await browser.handshake({ redirect_url: url, suffixed_cookies: 'true' })
  const cookies = cookiesOf(await directivesOf(browser.instance, answer))
  const named = (prefix: string): string =>
    Object.entries(cookies).find(([name]) => name.startsWith(prefix))?.[1] ?? ''
  return { session: named(`${COOKIES.session}_`), refresh: named(`${COOKIES.refresh}_`) }
}
