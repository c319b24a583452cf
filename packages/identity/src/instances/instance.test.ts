import { afterAll, beforeAll, expect, it } from 'vitest'

import { openTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

/** The id of the environment that answers at a host. */
async function environmentAt(host: string): Promise<string | null> {
  const response = await server.identity.fetch(new Request(`http://${host}/v1/environment`))
  if (response.status !== 200) return null
  return ((await response.json()) as { id: string }).id
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

it.each(LOOPBACK)('finds an instance at %s by every name of that host', async (name) => {
  const port = 4200 + LOOPBACK.indexOf(name)
  await server.identity.addInstance({ type: 'development', frontendApi: `${name}:${port}` })
  const found = await Promise.all(LOOPBACK.map((asked) => environmentAt(`${asked}:${port}`)))
  expect(found[0]).toMatch(/./)
  expect(new Set(found).size).toBe(1)
  expect(await environmentAt(`${name}:${port + 50_000}`)).toBeNull()
})

it('prefers the instance that is called as it was asked for', async () => {
  for (const name of ['localhost', '127.0.0.1']) {
    await server.identity.addInstance({ type: 'development', frontendApi: `${name}:4250` })
  }
  const found = await Promise.all(
    ['localhost', '127.0.0.1'].map((name) => environmentAt(`${name}:4250`)),
  )
  expect(new Set(found).size).toBe(2)
  expect(found).not.toContain(null)
})
