// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeForm } from './form.ts'
import { closePages, openPage, visit } from './page.test-server.ts'

beforeEach(() => visit('http://localhost:3000/'))
afterEach(closePages)

describe('a form', () => {
  it.each([
    [{ emailAddress: 'a@b.c' }, 'email_address=a%40b.c'],
    [{ first_name: 'A' }, 'first_name=A'],
    [{ lastName: undefined, firstName: null }, 'first_name='],
    [{ legalAccepted: true, transfer: false }, 'legal_accepted=true&transfer=false'],
    [{ emailAddress: ['a', 'b'] }, 'email_address=a&email_address=b'],
    [{ unsafeMetadata: { aB: { cD: 1 } } }, 'unsafe_metadata=%7B%22aB%22%3A%7B%22cD%22%3A1%7D%7D'],
    [{}, ''],
  ])('of %j is %s', (params, expected) => {
    expect(encodeForm(params).toString()).toBe(expected)
  })
})

describe('a request', () => {
  it('that changes something is a POST that names its method, and always a form', async () => {
    const { clerk, identity } = openPage()
    identity.signIn()
    await clerk.load()
    await clerk.signOut(() => undefined)
    const { init, url } = identity.requests.at(-1) ?? {}
    expect(init?.method).toBe('POST')
    expect(url?.searchParams.get('_method')).toBe('DELETE')
    expect(init?.body).toBeInstanceOf(URLSearchParams)
    expect(init?.headers).toBeUndefined()
  })

  it('does not name the acting session below /client', async () => {
    const { clerk, identity } = openPage()
    identity.signIn()
    await clerk.load()
    await clerk.session?.getToken({ skipCache: true })
    const sent = identity.requests.filter(({ url }) => url.searchParams.has('_clerk_session_id'))
    expect(sent).toEqual([])
  })

  it('that only reads is sent again when it does not get through', async () => {
    const { clerk, identity, clock, loadOver } = openPage()
    document.cookie = '__clerk_db_jwt=dvb_1; Path=/'
    identity.isOffline = true
    await loadOver(2_200)
    expect(identity.count('GET /client')).toBe(4)
    identity.isOffline = false
    await clock.advance(5_000)
    expect(clerk.status).toBe('ready')
  })

  it('that changes something is never sent again', async () => {
    const { clerk, identity, clock } = openPage()
    await clerk.load()
    identity.isOffline = true
    const [attempt] = await Promise.allSettled([
      clerk.client?.signIn.create({ identifier: 'ada@example.com' }),
      clock.advance(60_000),
    ])
    expect(attempt).toMatchObject({ reason: { code: 'network_error' } })
    expect(identity.count('POST /client/sign_ins')).toBe(1)
  })
})

describe('an answer', () => {
  it('brings the state of the browser along even when it is an error', async () => {
    const { clerk, identity } = openPage()
    await clerk.load()
    await clerk.client?.signIn.create({ identifier: 'ada@example.com' })
    identity.errorsCarryClient = true
    identity.signIn()
    const attempt = clerk.client?.signIn.attemptFirstFactor({ strategy: 'password', password: 'x' })
    await expect(attempt).rejects.toMatchObject({ status: 422 })
    expect(clerk.client?.signedInSessions).toHaveLength(1)
  })

  it('without a readable body still becomes a typed error', async () => {
    const { clerk, identity } = openPage()
    await clerk.load()
    const broken = openPage({ fetch: async () => new Response('<html>', { status: 502 }) })
    await broken.clerk.load()
    expect(broken.clerk.status).toBe('degraded')
    identity.failsWith = 429
    const attempt = clerk.client?.signIn.create({ identifier: 'x' })
    await expect(attempt).rejects.toMatchObject({ status: 429, errors: [{ code: 'internal' }] })
  })
})
