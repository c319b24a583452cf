import type { ActorClaim, SessionClaims } from '@core/protocol'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { toAuthState, type AuthState } from './auth-state.ts'

const claims: SessionClaims = {
  iss: 'https://clerk.example.com',
  sub: 'user_1',
  sid: 'sess_1',
  iat: 1,
  exp: 61,
}

const organization: SessionClaims = {
  ...claims,
  org_id: 'org_1',
  org_role: 'org:admin',
  org_slug: 'acme',
  org_permissions: ['org:invoices:create'],
}

const IDS = [
  'userId',
  'sessionId',
  'sessionClaims',
  'actor',
  'orgId',
  'orgRole',
  'orgSlug',
] as const

function idsOf(state: AuthState): unknown[] {
  return IDS.map((name) => state[name])
}

describe('who is signed in', () => {
  it('is unknown while nothing is known', () => {
    const state = toAuthState(undefined)
    expect([state.isLoaded, state.isSignedIn]).toEqual([false, undefined])
    expect(idsOf(state)).toEqual(IDS.map(() => undefined))
    expect(state.has({ role: 'org:admin' })).toBe(false)
  })

  it('is nobody when there are no claims', () => {
    const state = toAuthState(null)
    expect([state.isLoaded, state.isSignedIn]).toEqual([true, false])
    expect(idsOf(state)).toEqual(IDS.map(() => null))
    expect(state.has({ role: 'org:admin' })).toBe(false)
  })

  it('is somebody without an organization', () => {
    const state = toAuthState(claims)
    expect([state.isLoaded, state.isSignedIn]).toEqual([true, true])
    expect(idsOf(state)).toEqual(['user_1', 'sess_1', claims, null, null, null, null])
  })

  it('is somebody in an organization, with what they may do there', () => {
    const state = toAuthState({ ...organization, act: { sub: 'user_2' } })
    expect(state).toMatchObject({ orgId: 'org_1', orgRole: 'org:admin', orgSlug: 'acme' })
    expect(state.actor).toEqual({ sub: 'user_2' })
    expect(state.has({ role: 'org:admin' })).toBe(true)
    expect(state.has({ permission: 'org:invoices:create' })).toBe(true)
    expect(state.has({ permission: 'org:invoices:delete' })).toBe(false)
  })

  it('reads the second version of the claims as well', () => {
    const { orgId, orgRole, orgSlug } = toAuthState({
      ...claims,
      v: 2,
      o: { id: 'org_1', rol: 'member' },
    })
    expect([orgId, orgRole, orgSlug]).toEqual(['org_1', 'org:member', null])
  })

  it('is nobody while tasks are left, unless asked otherwise', () => {
    const pending: SessionClaims = { ...claims, sts: 'pending' }
    expect(toAuthState(pending).isSignedIn).toBe(false)
    expect(toAuthState(pending, { treatPendingAsSignedOut: false }).isSignedIn).toBe(true)
  })
})

describe('the type of who is signed in', () => {
  it('narrows by isLoaded and isSignedIn', () => {
    const state = toAuthState(claims) as AuthState
    if (!state.isLoaded) {
      expectTypeOf(state.isSignedIn).toEqualTypeOf<undefined>()
      expectTypeOf(state.userId).toEqualTypeOf<undefined>()
      return
    }
    if (!state.isSignedIn) {
      expectTypeOf(state.userId).toEqualTypeOf<null>()
      expectTypeOf(state.sessionClaims).toEqualTypeOf<null>()
      return
    }
    expectTypeOf(state.userId).toEqualTypeOf<string>()
    expectTypeOf(state.sessionClaims).toEqualTypeOf<SessionClaims>()
    expectTypeOf(state.actor).toEqualTypeOf<ActorClaim | null>()
    expectTypeOf(state.orgId).toEqualTypeOf<string | null>()
    if (state.orgId) expectTypeOf(state.orgRole).toEqualTypeOf<string>()
    expect(state.userId).toBe('user_1')
  })

  it('has a usable has() in every state', () => {
    expectTypeOf<AuthState['has']>().toBeCallableWith({ role: 'org:admin' })
  })
})
