import { afterAll, beforeAll, expect, it } from 'vitest'

import { openTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

async function claimsOf(settings: object): Promise<Record<string, unknown>> {
  const instance = await server.addInstance({ settings })
  const browser = await instance.openBrowser()
  const { client } = (await browser.signUp('ada@example.com')).body
  server.advance(120_000)
  const path = `/client/sessions/${client.sessions[0].id}/tokens`
  return instance.verify((await browser.post(path)).body.jwt)
}

const COMMON = {
  iss: expect.stringMatching(/^http:\/\/i\d+\.localhost:4000$/),
  sub: expect.stringMatching(/^user_/),
  sid: expect.stringMatching(/^sess_/),
  azp: 'http://localhost:3000',
  iat: expect.any(Number),
  nbf: expect.any(Number),
  exp: expect.any(Number),
  fva: [2, -1],
}

it('gives session tokens of version 1, which every SDK reads', async () => {
  const claims = await claimsOf({})
  expect(claims).toEqual(COMMON)
  expect(Number(claims['iat']) - Number(claims['nbf'])).toBe(10)
  expect(Number(claims['exp']) - Number(claims['iat'])).toBe(60)
})

it('gives session tokens of version 2 where the instance is set to it', async () => {
  expect(await claimsOf({ token_version: '2' })).toEqual({
    ...COMMON,
    v: 2,
    sts: 'active',
    jti: expect.stringMatching(/^[0-9a-f]{20}$/),
  })
})
