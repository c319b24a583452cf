import type { SessionClaims } from '@core/protocol'
import { describe, expect, it } from 'vitest'
import { CONTEXT } from '../../test/authenticate.ts'
import { SECONDS, createIssuer } from '../../test/issuer.ts'
import { createAuthenticator } from '../authenticator.ts'
import { ClerkAPIResponseError } from '../api/errors.ts'
import { createSignedInAuth, createSignedOutAuth } from './auth-object.ts'
import { readClaims } from './session-claims.ts'

const issuer = await createIssuer()
const base = { iss: issuer.issuer, sub: 'user_1', sid: 'sess_1', iat: SECONDS, exp: SECONDS + 60 }
const noApi = () => Promise.reject(new Error('No API in this test'))

describe('readClaims', () => {
  it('reads version 1', () => {
    const claims = {
      ...base,
      act: { sub: 'user_2' },
      fva: [1, -1],
      org_id: 'org_1',
      org_slug: 'acme',
      org_role: 'org:admin',
      org_permissions: ['org:a:b'],
    } as SessionClaims
    expect(readClaims(claims)).toMatchObject({
      userId: 'user_1',
      sessionId: 'sess_1',
      sessionStatus: null,
      actor: { sub: 'user_2' },
      factorVerificationAge: [1, -1],
      orgId: 'org_1',
      orgSlug: 'acme',
      orgRole: 'org:admin',
      orgPermissions: ['org:a:b'],
    })
  })

  it('reads version 2, and only version 2 that way', () => {
    const o = { id: 'org_1', slg: 'acme', rol: 'admin' }
    const claims = { ...base, v: 2, o, sts: 'active', pla: 'o:gold' } as unknown as SessionClaims
    expect(readClaims(claims)).toMatchObject({
      orgId: 'org_1',
      orgSlug: 'acme',
      orgRole: 'org:admin',
      orgPermissions: [],
      sessionStatus: 'active',
      plans: 'o:gold',
    })
    expect(readClaims({ ...claims, v: 3 } as unknown as SessionClaims).orgId).toBeUndefined()
    expect(readClaims({ ...base, v: 2 }).orgPermissions).toBeUndefined()
  })

  const wide = Array.from({ length: 1000 }, (_, place) => `p${place}`)
  const many = Array.from({ length: 128 }, (_, index) => `p${index}`)
  // oxfmt-ignore
  it.each([
    ['o:docs,o:billing,u:beta',  'view,edit,share', '5,2',                  ['org:docs:view', 'org:docs:share', 'org:billing:edit']],
    ['u:theme,o:docs,uo:chat',   'view,edit',       '1,3',                  ['org:docs:view', 'org:chat:view', 'org:chat:edit']],
    ['o:a,o:b,o:c',              'r,w',             '3,0,2',                ['org:a:r', 'org:a:w', 'org:c:w']],
    ['o:a',                      'r,w',             '12',                   []],
    ['o:a,o:b',                  'r,w',             'x,1',                  ['org:b:r']],
    ['o:f',                      many.slice(0, 64).join(','), '9223372036854775809', ['org:f:p0', 'org:f:p63']],
    ['o:f',                      many.join(','),    String(2n ** 127n + 2n ** 53n), ['org:f:p53', 'org:f:p127']],
    ['o:a',                      'r,w',             '-1',                   []],
    ['o:a',                      'r,w',             '1e30',                 []],
    ['o:a,o:b',                  'r',               '1',                    ['org:a:r']],
    ['o:a',                      'r',               undefined,              []],
    ['o:a',                      undefined,         '1',                    []],
    [undefined,                  'r',               '1',                    []],
    ['o:a',                      5,                 '1',                    []],
    ['docs,o:chat',              'view,edit',       '1,1',                  []],
    ['o:chat,',                  'view,edit',       '1,1',                  []],
    ['o:chat:x,o:docs',          'view',            '1,1',                  []],
    ['x:chat,o:docs',            'view',            '1',                    ['org:docs:view']],
    ['o:f',                      wide.join(','),    String(2n ** 999n + 1n), ['org:f:p0', 'org:f:p999']],
  ])('unfolds %s with %s by %s', (fea, per, fpm, permissions) => {
    const claims = { ...base, v: 2, o: { id: 'org_1', per, fpm }, fea } as unknown as SessionClaims
    expect(readClaims(claims).orgPermissions).toEqual(permissions)
  })
})

describe('the Auth object of a signed-in user', () => {
  const claims = { ...base, org_id: 'org_1', org_role: 'org:admin', fva: [0, -1] as const }
  const auth = createSignedInAuth('h.p.s', claims, noApi)

  it('says who is asking', () => {
    expect(JSON.parse(JSON.stringify(auth))).toEqual({
      tokenType: 'session_token',
      isAuthenticated: true,
      sessionClaims: JSON.parse(JSON.stringify(claims)),
      sessionId: 'sess_1',
      sessionStatus: null,
      userId: 'user_1',
      orgId: 'org_1',
      orgRole: 'org:admin',
      factorVerificationAge: [0, -1],
    })
  })

  it('works taken apart', async () => {
    const { getToken, has } = auth
    expect(await getToken()).toBe('h.p.s')
    expect(has({ role: 'org:admin' })).toBe(true)
    expect(has({ role: 'org:owner' })).toBe(false)
  })

  it('does not take the factors of a user for those of whoever acts for them', () => {
    expect(auth.has({ reverification: 'strict' })).toBe(true)
    const acted = createSignedInAuth('h.p.s', { ...claims, act: { sub: 'user_2' } }, noApi)
    expect(acted.has({ reverification: 'strict' })).toBe(false)
    expect(acted.has({ role: 'org:admin' })).toBe(true)
  })

  it('shows a developer no token', () => {
    expect(auth.debug()).toEqual({
      status: 'signed-in',
      userId: 'user_1',
      sessionId: 'sess_1',
      orgId: 'org_1',
    })
  })
})

describe('the Auth object of a visitor', () => {
  it('has null for everything and may nothing', async () => {
    const { getToken, has, debug, ...rest } = createSignedOutAuth({ reason: 'token-invalid' })
    expect(Object.entries(rest).filter(([, value]) => value !== null)).toEqual([
      ['tokenType', 'session_token'],
      ['isAuthenticated', false],
    ])
    expect(await getToken({ template: 'x' })).toBe(null)
    expect(has({ role: 'org:admin' })).toBe(false)
    expect(debug()).toEqual({ status: 'signed-out', reason: 'token-invalid' })
  })
})

async function authWith(answer: () => Response): Promise<{
  requests: Request[]
  getToken: (options?: object) => Promise<string | null>
}> {
  const requests: Request[] = []
  const { publishableKey, secretKey, jwtKey } = issuer
  const { client } = createAuthenticator(
    { publishableKey, secretKey, jwtKey },
    {
      ...CONTEXT,
      fetch: (input, init) => {
        requests.push(new Request(input, init))
        return Promise.resolve(answer())
      },
    },
  )
  const headers = { authorization: `Bearer ${issuer.session()}` }
  const state = await client.authenticateRequest(new Request('https://a.com', { headers }))
  const auth = state.toAuth()
  if (auth === null) throw new Error('expected to be signed in')
  return { requests, getToken: auth.getToken }
}

describe('getToken', () => {
  it('asks the Backend API for a token of a template, in one call', async () => {
    const { requests, getToken } = await authWith(() =>
      Response.json({ object: 'token', jwt: 'x.y.z' }),
    )
    expect(await getToken({ template: 'my tmpl' })).toBe('x.y.z')
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST https://clerk.example.com/v1/sessions/sess_1/tokens/my%20tmpl',
    ])
    expect(requests[0]?.headers.get('authorization')).toBe(`Bearer ${issuer.secretKey}`)
    expect(await requests[0]?.text()).toBe('')
  })

  it('asks for a token of another lifetime', async () => {
    const { requests, getToken } = await authWith(() =>
      Response.json({ object: 'token', jwt: 'x.y.z' }),
    )
    await getToken({ expiresInSeconds: 600 })
    expect(requests[0]?.url).toBe('https://clerk.example.com/v1/sessions/sess_1/tokens')
    expect(await requests[0]?.json()).toEqual({ expires_in_seconds: 600 })
  })

  it('throws an error that can be caught and serialised', async () => {
    const errors = [
      { code: 'resource_not_found', message: 'not found', long_message: 'No template' },
    ]
    const { getToken } = await authWith(() => Response.json({ errors }, { status: 404 }))
    const error: unknown = await getToken({ template: 'x' }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ClerkAPIResponseError)
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      status: 404,
      errors: [{ code: 'resource_not_found', longMessage: 'No template' }],
    })
  })

  it.each(['../users', '..', 'a/b', 'a?b', '%2e%2e', ''])(
    'climbs nowhere with the template %j',
    async (template) => {
      const { requests, getToken } = await authWith(() => Response.json({}))
      await expect(getToken({ template })).rejects.toMatchObject({ code: 'resource-id-invalid' })
      expect(requests).toHaveLength(0)
    },
  )
})
