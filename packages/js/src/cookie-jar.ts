/** The page's cookies: one place that knows names, suffixes and attributes. */

import { cookieSuffix, COOKIES, suffixedCookie, type SuffixableCookie } from '@core/protocol'
import type { Platform } from './platform.ts'

const YEAR_IN_SECONDS = 365 * 24 * 60 * 60
const REMOVED = -1

type SameSite = 'Lax' | 'Strict'

export class CookieJar {
  readonly #window: Platform['window']
  #suffix: string | undefined

  constructor(platform: Platform) {
    this.#window = platform.window
  }

  /** Learns the instance's suffix. Without WebCrypto (plain HTTP) only plain names are used. */
  async open(publishableKey: string): Promise<void> {
    this.#suffix = await cookieSuffix(publishableKey).catch(() => undefined)
  }

  /** Reads a cookie, the instance's own before the plain one that instances share. */
  get(name: SuffixableCookie): string | undefined {
    return this.getSuffixed(name) ?? this.getPlain(name)
  }

  getSuffixed(name: SuffixableCookie): string | undefined {
    return this.#suffix === undefined
      ? undefined
      : this.getPlain(suffixedCookie(name, this.#suffix))
  }

  getPlain(name: string): string | undefined {
    for (const pair of this.#window?.document.cookie.split('; ') ?? []) {
      const at = pair.indexOf('=')
      if (pair.slice(0, at) === name) return pair.slice(at + 1) || undefined
    }
    return undefined
  }

  /** Writes a cookie for a year, under both of its names. */
  set(name: SuffixableCookie, value: string, sameSite?: SameSite): void {
    for (const each of this.#names(name)) this.#write(each, value, YEAR_IN_SECONDS, sameSite)
  }

  remove(name: SuffixableCookie): void {
    for (const each of this.#names(name)) this.#write(each, '', REMOVED)
  }

  get activeContext(): string | undefined {
    return this.getPlain(COOKIES.activeContext)
  }

  /** Says which session and organization the cookies of this site stand for. */
  set activeContext(value: string | undefined) {
    this.#write(COOKIES.activeContext, value ?? '', value === undefined ? REMOVED : undefined)
  }

  #names(name: SuffixableCookie): string[] {
    return this.#suffix === undefined ? [name] : [suffixedCookie(name, this.#suffix), name]
  }

  #write(
    name: string,
    value: string,
    maxAgeInSeconds: number | undefined,
    sameSite: SameSite = 'Lax',
  ): void {
    if (!this.#window) return
    const isEmbedded = isInCrossOriginFrame(this.#window)
    const isSecure = this.#window.location.protocol === 'https:'
    this.#window.document.cookie = [
      `${name}=${value}`,
      'Path=/',
      ...(maxAgeInSeconds === undefined ? [] : [`Max-Age=${maxAgeInSeconds}`]),
      `SameSite=${isEmbedded ? 'None' : sameSite}`,
      ...(isSecure || (isEmbedded && this.#window.isSecureContext) ? ['Secure'] : []),
    ].join('; ')
  }
}

/** Tells whether the page is shown inside a page of another site. */
export function isInCrossOriginFrame(window: Window): boolean {
  try {
    return window.self !== window.top && !window.top?.location.origin
  } catch {
    return true
  }
}
