import { describe, expect, it } from 'vitest'
import { NOW, SECONDS, cookies, createIssuer, pageRequest } from '../test/issuer.ts'
import { createAuthenticator } from './authenticator.ts'

const issuer = await createIssuer()
const context = { env: {}, sdk: '@core/test@0.0.0', now: () => NOW } as const

describe('an authenticator', () => {
  it('lets a signed-in request continue, for its visitor alone', async () => {
    const { publishableKey, jwtKey } = issuer
    const authenticator = createAuthenticator({ publishableKey, jwtKey }, context)
    const session = issuer.session()
    const outcome = await authenticator.handle(
      pageRequest('/dashboard', cookies({ __session: session, __client_uat: SECONDS - 100 })),
    )
    if (outcome.type !== 'continue') throw new Error('expected to continue')
    expect(outcome.auth).toMatchObject({ userId: 'user_1', sessionId: 'sess_1' })
    await expect(outcome.auth.getToken()).resolves.toBe(session)
    expect(outcome.headers.get('cache-control')).toBe('private, no-store')
    expect(outcome.url.href).toBe('https://app.example.com/dashboard')
  })
})
