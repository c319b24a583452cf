import { cookieSuffix, COOKIES, createPublishableKey } from '@core/protocol'
import { describe, expect, it } from 'vitest'
import { CookieJar } from './cookie-jar.ts'
import { createPlatform } from './platform.ts'

interface FakePage {
  readonly protocol?: string
  readonly isEmbedded?: boolean
  readonly isSecureContext?: boolean
  /** What the browser sends. */
  readonly cookies?: string
}

/** A page that keeps account of what is written. */
function openJar(page: FakePage = {}): { readonly jar: CookieJar; readonly written: string[] } {
  const written: string[] = []
  const self = {
    isSecureContext: page.isSecureContext ?? true,
    location: { protocol: page.protocol ?? 'https:', origin: 'https://app.com' },
    document: {
      get cookie() {
        return page.cookies ?? ''
      },
      set cookie(text: string) {
        written.push(text)
      },
    },
  }
  const foreign = {
    get location(): never {
      throw new DOMException(
        'Blocked a frame from accessing a cross-origin frame.',
        'SecurityError',
      )
    },
  }
  const window = { ...self, self, top: page.isEmbedded ? foreign : self } as unknown
  const platform = createPlatform({ window: window as Window & typeof globalThis })
  return { jar: new CookieJar(platform), written }
}

describe('a cookie', () => {
  it.each<[string, FakePage, string]>([
    ['Secure on https', {}, 'Path=/; Max-Age=31536000; SameSite=Lax; Secure'],
    ['not Secure on http', { protocol: 'http:' }, 'Path=/; Max-Age=31536000; SameSite=Lax'],
    [
      'SameSite=None in a frame of another site',
      { isEmbedded: true },
      'Path=/; Max-Age=31536000; SameSite=None; Secure',
    ],
    [
      'Secure in such a frame even on http, where that is possible',
      { isEmbedded: true, protocol: 'http:' },
      'Path=/; Max-Age=31536000; SameSite=None; Secure',
    ],
    [
      'not Secure where it is not',
      { isEmbedded: true, protocol: 'http:', isSecureContext: false },
      'Path=/; Max-Age=31536000; SameSite=None',
    ],
  ])('is %s', (_, page, attributes) => {
    const { jar, written } = openJar(page)
    jar.set(COOKIES.session, 'x')
    expect(written).toEqual([`__session=x; ${attributes}`])
  })

  it('is written and removed under both names, for this host alone', async () => {
    const key = createPublishableKey('production', 'clerk.app.com')
    const suffix = await cookieSuffix(key)
    const { jar, written } = openJar()
    await jar.open(key)
    jar.set(COOKIES.clientUat, '1', 'Strict')
    jar.remove(COOKIES.clientUat)
    expect(written).toEqual([
      `__client_uat_${suffix}=1; Path=/; Max-Age=31536000; SameSite=Strict; Secure`,
      '__client_uat=1; Path=/; Max-Age=31536000; SameSite=Strict; Secure',
      `__client_uat_${suffix}=; Path=/; Max-Age=-1; SameSite=Lax; Secure`,
      '__client_uat=; Path=/; Max-Age=-1; SameSite=Lax; Secure',
    ])
  })

  it('that says whose turn it is ends with the browser', () => {
    const { jar, written } = openJar()
    jar.activeContext = 'sess_1:'
    expect(written).toEqual(['clerk_active_context=sess_1:; Path=/; SameSite=Lax; Secure'])
  })

  it.each([
    ['plain', '__session=a', 'a'],
    ['with an equals sign', 'x=1; __session=a=b', 'a=b'],
    ['empty', '__session=; x=1', undefined],
    ['absent', '__session_x=a; a__session=b', undefined],
    ['twice: the first', '__session=a; __session=b', 'a'],
  ])('is read %s', (_, cookies, expected) => {
    expect(openJar({ cookies }).jar.get(COOKIES.session)).toBe(expected)
  })

  it('of the instance is read before the plain one', async () => {
    const key = createPublishableKey('production', 'clerk.app.com')
    const { jar } = openJar({
      cookies: `__session=plain; __session_${await cookieSuffix(key)}=own`,
    })
    expect(jar.get(COOKIES.session)).toBe('plain')
    await jar.open(key)
    expect(jar.get(COOKIES.session)).toBe('own')
  })
})
