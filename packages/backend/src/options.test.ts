import { createPublishableKey } from '@core/protocol'
import { describe, expect, it } from 'vitest'
import { CONTEXT } from '../test/authenticate.ts'
import { createIssuer } from '../test/issuer.ts'
import { createAuthenticator } from './authenticator.ts'
import { createClerkClient } from './client.ts'
import { ClerkError } from './errors.ts'
import {
  type ClerkOptions,
  type ResolvedOptions,
  overrideOptions,
  resolveOptions,
} from './options.ts'

const { publishableKey, secretKey, jwtKey } = await createIssuer()

function problemOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof ClerkError && error.code === 'options-invalid') return error.message
    throw error
  }
  return ''
}

describe('resolveOptions', () => {
  it('takes the call before the environment before the default', () => {
    const env = { CLERK_SIGN_IN_URL: '/env', CLERK_SIGN_UP_URL: '/env', CLERK_SECRET_KEY: '' }
    const options = resolveOptions({ signInUrl: '/call' }, env)
    expect(options).toMatchObject({
      signInUrl: '/call',
      signUpUrl: '/env',
      afterSignInUrl: '/',
      afterSignUpUrl: '/',
      secretKey: null,
      clockSkewInMs: 5000,
      apiVersion: 'v1',
      skipJwksCache: false,
      audience: [],
      authorizedParties: [],
    })
  })

  it('takes an option that is empty for one that is not given, and false and 0 as they are', () => {
    const env = { CLERK_SECRET_KEY: secretKey }
    const given = {
      secretKey: '',
      publishableKey: undefined,
      clockSkewInMs: 0,
      skipJwksCache: false,
    }
    expect(resolveOptions(given, env)).toMatchObject({
      secretKey,
      clockSkewInMs: 0,
      skipJwksCache: false,
    })
  })

  it('takes no key of one instance for another', () => {
    const env = {
      CLERK_PUBLISHABLE_KEY: publishableKey,
      CLERK_SECRET_KEY: secretKey,
      CLERK_JWT_KEY: jwtKey,
      CLERK_API_URL: 'https://identity.example.com',
    }
    const other = createPublishableKey('production', 'clerk.tenant.example')
    const own = resolveOptions({ publishableKey }, env)
    expect(own).toMatchObject({ secretKey, jwtKey: { text: jwtKey } })
    const foreign = { secretKey: null, jwtKey: null, apiUrl: 'https://identity.example.com' }
    expect(resolveOptions({ publishableKey: other }, env)).toMatchObject(foreign)
    expect(overrideOptions(own, { publishableKey: other })).toMatchObject(foreign)
    expect(overrideOptions(own, { publishableKey: other, secretKey: 'sk_live_b' })).toMatchObject({
      secretKey: 'sk_live_b',
      jwtKey: null,
    })
    expect(overrideOptions(own, { publishableKey })).toEqual(own)
  })

  it('looks public variables up under the prefix of the framework first', () => {
    const env = {
      NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: publishableKey,
      CLERK_PUBLISHABLE_KEY: createPublishableKey('production', 'clerk.other.com'),
      NEXT_PUBLIC_CLERK_SECRET_KEY: 'sk_live_in_the_wrong_place',
      CLERK_SIGN_IN_URL: '/in',
    }
    const options = resolveOptions({}, env, 'configure', 'NEXT_PUBLIC_')
    expect(options.publishableKey?.key).toBe(publishableKey)
    expect(options.secretKey).toBe(null)
    expect(options.signInUrl).toBe('/in')
  })

  it('tells everything that is wrong at once, by the names to look for and never by value', () => {
    const env = {
      NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: 'pk_live_c2VjcmV0LXZhbHVl',
      CLERK_JWT_KEY: 'secret-value',
      NEXT_PUBLIC_CLERK_SIGN_IN_URL: 'javascript:secret-value',
    }
    const given = { clockSkewInMs: Number.NaN, authorisedParties: ['secret-value'] } as ClerkOptions
    const problem = problemOf(() => resolveOptions(given, env, 'authenticate', 'NEXT_PUBLIC_'))
    expect(problem).toMatchInlineSnapshot(`
      "The configuration is not complete or not valid:
      - "authorisedParties" is not an option.
      - publishableKey (NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY) is not valid: it must be a publishable key, pk_test_… or pk_live_….
      - jwtKey (CLERK_JWT_KEY) is not valid: it must be a PEM public key: RSA of at least 2048 bits, P-256 or Ed25519.
      - signInUrl (NEXT_PUBLIC_CLERK_SIGN_IN_URL) is not valid: it must be an absolute http or https URL, or a path that starts with one slash.
      - clockSkewInMs is not valid: it must be milliseconds, from 0 to 86400000.
      Set or correct them in the environment or in the options. In development, \`core dev -- <command>\` sets the keys."
    `)
    expect(problem).not.toContain('secret-value')
  })

  // oxfmt-ignore
  it.each([
    ['authenticate', {},                                         ['CLERK_PUBLISHABLE_KEY', 'CLERK_JWT_KEY', 'CLERK_SECRET_KEY']],
    ['authenticate', { publishableKey },                         ['CLERK_JWT_KEY', 'CLERK_SECRET_KEY']],
    ['authenticate', { publishableKey, jwtKey },                 []],
    ['authenticate', { publishableKey, secretKey },              []],
    ['authenticate', { jwtKey },                                 ['CLERK_PUBLISHABLE_KEY']],
    ['verify',       { jwtKey },                                 []],
    ['verify',       { secretKey },                              ['CLERK_API_URL', 'CLERK_PUBLISHABLE_KEY']],
    ['verify',       { secretKey, apiUrl: 'http://localhost' },  []],
    ['verify',       {},                                         ['CLERK_JWT_KEY', 'CLERK_SECRET_KEY']],
    ['call-api',     { publishableKey },                         ['CLERK_SECRET_KEY']],
    ['call-api',     { secretKey },                              ['CLERK_API_URL', 'CLERK_PUBLISHABLE_KEY']],
    ['configure',    {},                                         []],
  ] as const)('to %s with %o it misses %o', (purpose, given, variables) => {
    const problem = problemOf(() => resolveOptions(given, {}, purpose))
    expect([...new Set(problem.match(/CLERK_[A-Z_]+/g))].toSorted()).toEqual([...variables].toSorted())
  })

  // oxfmt-ignore
  it.each<[keyof ResolvedOptions, unknown[], unknown[]]>([
    ['publishableKey',    [publishableKey],                                          ['pk_live_', 'sk_live_x', 5, {}]],
    ['secretKey',         ['sk_test_x', 'anything'],                                 ['sk test', 'sk_\n', 5]],
    ['jwtKey',            [jwtKey],                                                  ['x', 5]],
    ['encryptionKey',     ['0123456789abcdef', 'ab'.repeat(32), `${'ab'.repeat(32)},${'cd'.repeat(32)}`], ['short', '0'.repeat(64), 'a'.repeat(16), `${'ab'.repeat(32)},`, `${'ab'.repeat(32)},short`, `${'0'.repeat(64)},${'ab'.repeat(32)}`, 5]],
    ['apiUrl',            ['https://api.example.com', 'http://identity:4000/x/'],    ['api.example.com', 'ftp://x', 'https://u:p@x', 'https://x?y', 'https://x#y']],
    ['apiVersion',        ['v1', 'v2'],                                              ['1', 'v1/..', '../v1']],
    ['signInUrl',         ['/sign-in', 'https://app.example.com/in'],                ['//evil.example', '/\\evil.example', 'javascript:alert(1)', 'in', '/a\nb', 'https:evil.example']],
    ['audience',          ['api', ['a', 'b']],                                       [5, ['a', 5], ['']]],
    ['authorizedParties', [['https://app.example.com', 'http://localhost:3000', 'chrome-extension://abc']], ['https://app.example.com', ['https://app.example.com/'], ['https://app.example.com/x'], [5]]],
    ['clockSkewInMs',     [0, 5000],                                                 [-1, Number.NaN, Number.POSITIVE_INFINITY, '5000', 86_400_001]],
    ['skipJwksCache',     [true, false],                                             ['true', 1]],
    ['jwksCacheTtlInMs',  [60_000],                                                  ['1']],
    ['userAgent',         ['my-app/1.0'],                                            ['a\nb', 'ü']],
  ])('%s may be %o and not %o', (name, good, bad) => {
    const isRefused = (value: unknown): boolean =>
      problemOf(() => resolveOptions({ [name]: value }, {})).includes(name)
    expect(good.filter(isRefused)).toEqual([])
    expect(bad.filter(isRefused)).toEqual(bad)
  })
})

describe('overrideOptions', () => {
  const base = resolveOptions({ publishableKey, jwtKey, signInUrl: '/in' }, {})

  it('changes what is given and keeps the rest', () => {
    expect(overrideOptions(base, { signInUrl: '/other', jwtKey: undefined })).toEqual({
      ...base,
      signInUrl: '/other',
    })
  })

  it('is as strict as the options of a client', () => {
    const given = { clockSkewInMs: -1, isSatelite: true } as ClerkOptions
    const problem = problemOf(() => overrideOptions(base, given))
    expect(problem).toContain('clockSkewInMs')
    expect(problem).toContain('"isSatelite" is not an option')
  })
})

describe('an encryption key', () => {
  // oxfmt-ignore
  it.each([
    ['0123456789abcdef', ['CLERK_ENCRYPTION_KEY is short. Make a better one with `openssl rand -hex 32`.']],
    ['ab'.repeat(32),    []],
  ])('of the form %s gets the warnings %o', async (CLERK_ENCRYPTION_KEY, warnings) => {
    const told: string[] = []
    const env = { CLERK_ENCRYPTION_KEY }
    const warn = (text: string): void => void told.push(text)
    const authenticator = createAuthenticator({ publishableKey, jwtKey }, { ...CONTEXT, env, warn })
    await authenticator.handle(new Request('https://a.com'))
    await authenticator.handle(new Request('https://a.com'))
    expect(told).toEqual(warnings)
  })
})

describe('options that are wrong', () => {
  it('stop a client from being created', () => {
    expect(problemOf(() => createClerkClient({ secretKey: 'not a key' }))).toContain(
      'CLERK_SECRET_KEY',
    )
  })

  it('stop an adapter when it asks, and every request otherwise', async () => {
    const authenticator = createAuthenticator({ signInUrl: '//x' }, CONTEXT)
    const problem = problemOf(() => authenticator.assertConfigured())
    expect(problem).toContain('signInUrl')
    expect(problem).toContain('CLERK_PUBLISHABLE_KEY')
    await expect(authenticator.handle(new Request('https://a.com'))).rejects.toThrow(problem)
  })

  it('do not stop an adapter whose options depend on the request', async () => {
    const authenticator = createAuthenticator(() => ({ publishableKey, jwtKey }), CONTEXT)
    expect(problemOf(() => authenticator.assertConfigured())).toBe('')
    expect((await authenticator.handle(new Request('https://a.com'))).type).toBe('continue')
  })

  it('are told by their public names where the framework has them', async () => {
    const authenticator = createAuthenticator(() => ({}), { ...CONTEXT, envPrefix: 'NEXT_PUBLIC_' })
    await expect(authenticator.handle(new Request('https://a.com'))).rejects.toThrow(
      'NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY',
    )
  })
})
