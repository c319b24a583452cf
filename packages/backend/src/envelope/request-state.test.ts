import { describe, expect, it } from 'vitest'
import { CONTEXT } from '../../test/authenticate.ts'
import { NOW, createIssuer, pageRequest } from '../../test/issuer.ts'
import {
  type AuthenticatorOptionsOrCallback,
  type ContinueOutcome,
  createAuthenticator,
} from '../authenticator.ts'
import { openRequestState, sealRequestState } from './request-state.ts'

const issuer = await createIssuer()
const tenant = await createIssuer({ name: 'b', host: 'clerk.tenant.example' })

const env = {
  CLERK_PUBLISHABLE_KEY: issuer.publishableKey,
  CLERK_SECRET_KEY: issuer.secretKey,
  CLERK_JWT_KEY: issuer.jwtKey,
}
const ENCRYPTION_KEY = 'ab'.repeat(32)

async function pass(
  options?: AuthenticatorOptionsOrCallback,
  request = pageRequest('/page', { authorization: `Bearer ${issuer.session()}` }),
  environment: Readonly<Record<string, string>> = env,
) {
  const context = { ...CONTEXT, env: environment }
  const base = createAuthenticator(undefined, context)
  const outcome = await createAuthenticator(options, context).handle(request)
  if (outcome.type !== 'continue') throw new Error('expected to continue')
  const seal = (): Promise<string> => sealRequestState(outcome, 'document', base, NOW)
  return { outcome: outcome satisfies ContinueOutcome, base, seal }
}

describe('what a middleware found out', () => {
  it('reaches the server as it was', async () => {
    const { outcome, base, seal } = await pass()
    const forwarded = await openRequestState(await seal(), base, NOW)
    expect(JSON.stringify(forwarded.auth)).toBe(JSON.stringify(outcome.auth))
    expect(await forwarded.auth.getToken()).toBe(outcome.state.token)
    expect(forwarded.url.href).toBe('https://app.example.com/page')
    expect(forwarded.kind).toBe('document')
    expect(forwarded.redirects.redirectToSignIn()).toBe(outcome.redirects.redirectToSignIn())
  })

  it('tells the server why nobody is signed in', async () => {
    const { base, seal } = await pass(undefined, pageRequest('/', { authorization: 'Bearer x' }))
    const { state, auth } = await openRequestState(await seal(), base, NOW)
    expect(state).toMatchObject({
      status: 'signed-out',
      reason: 'token-invalid',
      isSignedIn: false,
    })
    expect(auth.userId).toBe(null)
  })

  it('brings the four options of a tenant, and only those', async () => {
    const environment = { ...env, CLERK_ENCRYPTION_KEY: ENCRYPTION_KEY }
    const { publishableKey, secretKey, jwtKey } = tenant
    const options = () => ({
      publishableKey,
      secretKey,
      jwtKey,
      signInUrl: 'https://tenant.example/in',
      authorizedParties: ['https://app.example.com'],
    })
    const request = pageRequest('/', { authorization: `Bearer ${tenant.session()}` })
    const { base, seal } = await pass(options, request, environment)
    const sealed = await seal()
    const forwarded = await openRequestState(sealed, base, NOW)
    expect(forwarded.auth.userId).toBe('user_1')
    expect(forwarded.state.publishableKey).toBe(publishableKey)
    expect(forwarded.redirects.redirectToSignIn({ returnBackUrl: null })).toBe(
      'https://tenant.example/in',
    )
  })

  it('keeps the requests of two tenants apart', async () => {
    const environment = { ...env, CLERK_ENCRYPTION_KEY: ENCRYPTION_KEY }
    const keys = [issuer, tenant].map(({ publishableKey, secretKey, jwtKey }) => ({
      publishableKey,
      secretKey,
      jwtKey,
    }))
    const seen = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const own = [issuer, tenant][index % 2] ?? issuer
        const request = pageRequest('/', { authorization: `Bearer ${own.session()}` })
        const { base, seal } = await pass(() => keys[index % 2] ?? {}, request, environment)
        const { state, auth } = await openRequestState(await seal(), base, NOW)
        return auth.sessionClaims?.iss === own.issuer && state.publishableKey === own.publishableKey
      }),
    )
    expect(seen.every(Boolean)).toBe(true)
  })

  it('does not let a secret key travel without CLERK_ENCRYPTION_KEY', async () => {
    const { publishableKey, secretKey, jwtKey } = tenant
    const request = pageRequest('/', { authorization: `Bearer ${tenant.session()}` })
    const { seal } = await pass({ publishableKey, secretKey, jwtKey }, request)
    await expect(async () => seal()).rejects.toMatchObject({
      code: 'options-invalid',
      message: expect.stringContaining('CLERK_ENCRYPTION_KEY'),
    })
  })

  it('needs a key', async () => {
    const { CLERK_SECRET_KEY: _, ...environment } = env
    const { seal } = await pass(undefined, undefined, environment)
    await expect(async () => seal()).rejects.toMatchObject({
      code: 'options-invalid',
      message: expect.stringContaining('CLERK_ENCRYPTION_KEY'),
    })
  })

  it('is forged by nobody', async () => {
    const { base, seal } = await pass()
    const sealed = await seal()
    const stranger = createAuthenticator(undefined, {
      ...CONTEXT,
      env: { ...env, CLERK_SECRET_KEY: tenant.secretKey },
    })
    const INVALID = { code: 'envelope-invalid' }
    await expect(openRequestState(sealed, stranger, NOW)).rejects.toMatchObject(INVALID)
    await expect(openRequestState('signed-in', base, NOW)).rejects.toMatchObject(INVALID)
  })

  it('outlives an exchange of the key, as long as the old one is named behind the new one', async () => {
    const [older, newer] = [ENCRYPTION_KEY, 'cd'.repeat(32)]
    const [before, during, after] = await Promise.all(
      [older, `${newer}, ${older}`, newer].map((CLERK_ENCRYPTION_KEY) =>
        pass(undefined, undefined, { ...env, CLERK_ENCRYPTION_KEY }),
      ),
    )
    if (!before || !during || !after) throw new Error('expected three environments')
    const INVALID = { code: 'envelope-invalid' }
    expect((await openRequestState(await before.seal(), during.base, NOW)).auth.userId).toBe(
      'user_1',
    )
    expect((await openRequestState(await after.seal(), during.base, NOW)).auth.userId).toBe(
      'user_1',
    )
    expect((await openRequestState(await during.seal(), after.base, NOW)).auth.userId).toBe(
      'user_1',
    )
    await expect(openRequestState(await during.seal(), before.base, NOW)).rejects.toMatchObject(
      INVALID,
    )
    await expect(openRequestState(await before.seal(), after.base, NOW)).rejects.toMatchObject(
      INVALID,
    )
  })

  it('opens for five minutes, however late the page is rendered', async () => {
    const { base, seal } = await pass()
    const sealed = await seal()
    expect((await openRequestState(sealed, base, NOW + 300_000)).auth.userId).toBe('user_1')
    await expect(openRequestState(sealed, base, NOW + 300_001)).rejects.toMatchObject({
      code: 'envelope-invalid',
    })
  })
})
