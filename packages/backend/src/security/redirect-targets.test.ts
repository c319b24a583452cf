/** Where a visitor comes back to: the page that was asked for, unless another one is named beyond doubt. */
import { describe, expect, it } from 'vitest'
import { CONTEXT } from '../../test/authenticate.ts'
import { createIssuer, pageRequest } from '../../test/issuer.ts'
import { createAuthenticator } from '../authenticator.ts'

const { publishableKey, jwtKey } = await createIssuer()
const authenticator = createAuthenticator({ publishableKey, jwtKey }, CONTEXT)
const ORIGIN = 'https://app.example.com'

/** The return address of the redirect to sign-in, for a visitor of this page. */
async function backFrom(returnBackUrl: unknown, path = '/page?a=b'): Promise<URL> {
  const outcome = await authenticator.handle(pageRequest(path))
  if (outcome.type !== 'continue') throw new Error('expected to continue')
  const { redirectToSignIn, redirectToSignUp } = outcome.redirects
  const [back, other] = [redirectToSignIn, redirectToSignUp].map((redirect) => {
    const target = new URL(redirect({ returnBackUrl: returnBackUrl as string }))
    expect(target.origin).toBe('https://accounts.example.com')
    expect(target.href).not.toMatch(/[\r\n\u2028]/)
    expect(target.searchParams.getAll('redirect_url')).toHaveLength(1)
    return target.searchParams.get('redirect_url') ?? ''
  })
  expect(other).toBe(back)
  return new URL(back ?? '')
}

describe('a return address', () => {
  // oxfmt-ignore
  const TRICKS: readonly (readonly [string, readonly string[]])[] = [
    ['slashes',           ['//evil.com', '///evil.com', '////evil.com', '//evil.com/%2e%2e', '//app.example.com@evil.com', '// evil.com', '/ /evil.com']],
    ['backslashes',       ['/\\evil.com', '\\/evil.com', '\\\\evil.com', '\\evil.com', '/\\/evil.com', '/\\\\evil.com']],
    ['escapes',           ['/%2f%2fevil.com', '/%5cevil.com', '%2f%2fevil.com', '/%2e%2e//evil.com', '/.//evil.com', '/x/..//evil.com']],
    ['white space',       [' //evil.com', '\t//evil.com', '\n//evil.com', '/\t/evil.com', '/\n/evil.com', '/\r/evil.com', '\u00a0//evil.com', '\ufeff//evil.com', '\u0000//evil.com', '\u001f//evil.com']],
    ['half a scheme',     ['https:evil.com', 'https:/evil.com', 'https:/\\evil.com', 'https:\\\\evil.com', 'http:evil.com', 'http:/evil.com', 'https:///evil.com/', 'https:\t//evil.com', 'ht\ntps://evil.com']],
    ['another scheme',    ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\tscript:alert(1)', 'java\nscript:alert(1)', '\u0001javascript:alert(1)', ' javascript:alert(1)', 'javascript://app.example.com/%0aalert(1)']],
    ['a local scheme',    ['data:text/html,<script>alert(1)</script>', 'vbscript:msgbox(1)', 'blob:https://app.example.com/x', 'file:///etc/passwd', 'about:blank', 'ftp://evil.com', 'ws://evil.com', 'mailto:a@evil.com', 'intent://evil.com#Intent;end', 'view-source:https://evil.com', 'filesystem:https://evil.com/x']],
    ['line breaks',       ['/x\r\nSet-Cookie: a=b', '/x%0d%0aSet-Cookie:a=b', '/x\u2028y', '/x\u2029y']],
    ['letters that look alike', ['/\uff0fevil.com', '\uff0f\uff0fevil.com', '/\u2215evil.com', '\u2044\u2044evil.com']],
    ['lists',             [String(['/ok', '//evil.com']), '/ok&redirect_url=//evil.com', '/ok?redirect_url=//evil.com', '/ok#//evil.com']],
    ['nothing to read',   ['', 'https://', 'http://[', 'https://:80', 'https://%', 'https://a b', 'https://evil.com:99999', '//']],
  ]

  it.each(TRICKS.flatMap(([kind, texts]) => texts.map((text) => [kind, text] as const)))(
    'made of %s stays on the site: %j',
    async (kind, text) => {
      const isExplicit = /^https?:\/\//i.test(text)
      for (const path of ['/page?a=b', '//evil.com/x', '/https://evil.com']) {
        const back = await backFrom(text, path)
        // Whatever names another site in full is the app's own choice, and the identity server's to judge.
        expect([kind, isExplicit && back.hostname === 'evil.com' ? ORIGIN : back.origin]).toEqual([
          kind,
          ORIGIN,
        ])
      }
    },
  )

  // oxfmt-ignore
  it.each([
    [['/ok', '//evil.com']], [['//evil.com']], [[['//evil.com']]], [{ toString: () => '//evil.com' }], [{ href: 'https://evil.com' }], [5], [true], [Symbol.iterator.description],
  ])('that is no text stays on the site: %o', async (value) => {
    expect((await backFrom(value)).origin).toBe(ORIGIN)
  })

  // The identity server compares origins, so it must read the one that a browser will go to.
  // oxfmt-ignore
  it.each([
    ['http://app.example.com/x',               'http://app.example.com'],
    ['HTTPS://EVIL.COM/x',                     'https://evil.com'],
    ['https://app.example.com.evil.com/',      'https://app.example.com.evil.com'],
    ['https://app.example.com@evil.com/',      'https://evil.com'],
    ['https://evil.com#app.example.com',       'https://evil.com'],
    ['https://evil.com?app.example.com',       'https://evil.com'],
    ['https://evil.com\\@app.example.com',     'https://evil.com'],
    ['https://evil.com/.app.example.com',      'https://evil.com'],
    ['https://app.example.com:444/',           'https://app.example.com:444'],
    ['https://\uff41pp.example.com/',          'https://app.example.com'],
    ['https://app.example.com\u3002evil.com/', 'https://app.example.com.evil.com'],
    ['https://xn--pp-eka.example.com/',        'https://xn--pp-eka.example.com'],
  ])('that names a site in full is passed on as a browser reads it: %s', async (text, origin) => {
    expect((await backFrom(text)).origin).toBe(origin)
  })
})
