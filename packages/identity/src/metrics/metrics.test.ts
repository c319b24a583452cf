import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { assembleIdentity } from '../identity.ts'
import { createPasswordHasher, type Identity, type InstanceKeys } from '../index.ts'
import { openTestDatabase } from '../testing/database.ts'
import { createMetrics } from './metrics.ts'
import { routeOf } from './route.ts'

let identity: Identity
let keys: InstanceKeys
let isOnServer: boolean
beforeAll(async () => {
  const opened = await openTestDatabase()
  const cost = { memoryCost: 64, timeCost: 1, parallelism: 1 }
  const passwords = createPasswordHasher({ cost })
  const metrics = createMetrics({
    poolUse: opened.poolUse,
    queueUse: () => passwords.queueUse?.() ?? null,
  })
  identity = assembleIdentity(opened, null, { passwords }, metrics)
  keys = await identity.provision('localhost:4000')
  isOnServer = opened.poolUse() !== null
})
afterAll(() => identity.close())

async function read(): Promise<string> {
  const response = await identity.metrics()
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  return response.text()
}

const ask = (method: string, path: string, body?: unknown): Promise<Response> =>
  identity.fetch(
    new Request(`${keys.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${keys.secretKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )

describe('the figures', () => {
  it('count requests by endpoint and status, and say how long they took', async () => {
    const person = { email_address: ['canary@example.com'], password: 'canary-password' }
    const { id } = (await (await ask('POST', '/v1/users', person)).json()) as { id: string }
    await ask('GET', `/v1/users/${id}`)
    await ask('GET', '/v1/users/user_nobody')
    await ask('POST', '/v1/users', person)
    const text = await read()
    expect(text).toContain('core_requests_total{method="POST",route="/v1/users",status="200"} 1\n')
    expect(text).toContain('core_requests_total{method="POST",route="/v1/users",status="422"} 1\n')
    expect(text).toContain(
      'core_requests_total{method="GET",route="/v1/users/:id",status="200"} 1\n',
    )
    expect(text).toContain(
      'core_requests_total{method="GET",route="/v1/users/:id",status="404"} 1\n',
    )
    expect(text).toContain(
      'core_request_duration_seconds_count{method="GET",route="/v1/users/:id"} 2\n',
    )
    expect(text).toContain('core_password_hashes{state="running"} 0\n')
    expect(text).toContain('core_password_hashes{state="waiting"} 0\n')
    expect(text).toContain('process_cpu_seconds_total')
    for (const secret of ['canary', id, keys.secretKey]) expect(text).not.toContain(secret)
  })

  it('do not grow with what somebody invents', async () => {
    for (let i = 0; i < 20; i++) {
      await ask('GET', `/invented/${i}`)
      await ask('GET', `/v1/${i}`)
      await ask(`INVENT${i}`, '/v1/users')
    }
    const lines = (await read())
      .split('\n')
      .filter((line) => line.startsWith('core_requests_total'))
    // Those before, and one for each method and status at most.
    expect(lines.length).toBeLessThan(10)
  })

  it('tell of connections where there are any', async () => {
    const text = await read()
    for (const line of [
      'core_database_connections{state="busy"} 0\n',
      'core_database_connections{state="idle"} ',
      'core_database_connections_max 10\n',
      'core_database_connections_awaited 0\n',
    ]) {
      expect([line, text.includes(line)]).toEqual([line, isOnServer])
    }
  })

  it('add up: of connections, of which some are in use and some are awaited', async () => {
    const use = { open: 7, idle: 3, waiting: 2, max: 10 }
    const metrics = createMetrics({
      poolUse: () => use,
      queueUse: () => ({ running: 1, waiting: 5 }),
    })
    const text = await (await metrics.toResponse()).text()
    const lines = text.split('\n').filter((line) => /^core_(database|password)/.test(line))
    expect(lines).toEqual([
      'core_database_connections{state="busy"} 4',
      'core_database_connections{state="idle"} 3',
      'core_database_connections_max 10',
      'core_database_connections_awaited 2',
      'core_password_hashes{state="running"} 1',
      'core_password_hashes{state="waiting"} 5',
    ])
  })

  it('are named as Prometheus has it: a unit or a total at the end, and nothing else of the kind', async () => {
    const ours = [...(await read()).matchAll(/^# TYPE (core_\w+) (\w+)$/gm)]
    expect(ours.length).toBeGreaterThan(2)
    for (const [, name = '', type = ''] of ours) {
      expect(name).toMatch(/^core(_[a-z]+)+$/)
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter'])
      expect([name, name.endsWith('_seconds')]).toEqual([name, type === 'histogram'])
    }
  })

  it('are not served beside the APIs, nor at all unless they are asked for', async () => {
    expect((await ask('GET', '/metrics')).status).toBe(404)
    const silent = assembleIdentity(await openTestDatabase(), null, {})
    expect((await silent.metrics()).status).toBe(404)
    await silent.close()
  })
})

it.each([
  ['GET', '/v1/client', '/v1/client'],
  ['GET', '/v1/client/handshake', '/v1/client/handshake'],
  ['POST', '/v1/client/sessions/sess_1/tokens', '/v1/client/sessions/:id/tokens'],
  ['GET', '/sign-in/factor-one', '/sign-in/*'],
  ['GET', '/user/security', '/user/*'],
  ['GET', '/create-organization', '/create-organization/*'],
  ['GET', '/v1/client/sync', '/v1/client/sync'],
  ['GET', '/v1/client/link', '/v1/client/link'],
  ['GET', '/v1/tickets/accept', '/v1/tickets/accept'],
  ['POST', '/v1/verify', '/v1/verify'],
  ['GET', '/v1/users/count', '/v1/users/count'],
  ['GET', '/__proto__', 'other'],
  ['TRACE', '/v1/client', 'other'],
  ['POST', '/v1/accountless_applications', '/v1/accountless_applications'],
  ['POST', '/apps/claim', '/apps/claim'],
  [
    'GET',
    '/apps/app_1/instances/ins_1/api-keys',
    '/apps/:application/instances/:instance/api-keys',
  ],
])('%s %s is counted as %s', (method, path, route) => {
  expect(routeOf(method, path)).toBe(route)
})
