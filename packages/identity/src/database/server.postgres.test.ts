import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createTestDatabase } from '../testing/database.ts'
import { openWire, type Wire } from '../testing/proxy.ts'
import {
  openTestServer,
  send,
  type Answer,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'
import type { DatabaseHandle } from './database.ts'
import { connectToServer, withPatientConnection, type ConnectionLimits } from './server.ts'
import { transact } from './transact.ts'
import { users } from './schema.ts'

const ADA = 'ada@example.com'
const POOL_SIZE = 3

let wire: Wire
let handle: DatabaseHandle
let server: TestServer
let instance: TestInstance

async function open(limits: Partial<ConnectionLimits> = {}): Promise<void> {
  wire = await openWire(await createTestDatabase())
  handle = await connectToServer(wire.url, { poolSize: POOL_SIZE, limits })
  server = await openTestServer([handle])
  instance = await server.addInstance()
}

const listUsers = (): Promise<Answer> => instance.call('GET', '/users')
const createUser = (address: string): Promise<Answer> =>
  instance.call('POST', '/users', { email_address: [address], password: 'correct horse' })

const ask = (path: string): Promise<Answer> => send(server, new Request(`http://anything${path}`))

function expectOutage(answer: Answer): void {
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('2')
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(answer.body).toMatchObject({
    errors: [{ code: 'service_unavailable', meta: {} }],
    clerk_trace_id: expect.stringMatching(/^[\da-f]{32}$/) as unknown,
  })
}

/** Something to wait for, and the function that ends the waiting. */
function makeGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const resolvers: (() => void)[] = []
  const opened = new Promise<void>((resolve) => {
    resolvers.push(resolve)
  })
  return { opened, open: () => resolvers.forEach((resolve) => resolve()) }
}

/** Ends the server's side of every connection to the database, as an administrator does. */
const terminate = () =>
  withPatientConnection(wire.url, (database) =>
    database.execute(sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`),
  )

afterEach(async () => {
  wire.set('open')
  await server.close()
  await wire.close()
})

describe('a database that goes away', () => {
  beforeEach(() => open({ connectMs: 1000 }))

  it('is answered with 503 on both APIs and on pages, and with nothing else once it is back', async () => {
    const browser = await instance.openBrowser()
    await browser.signUp(ADA)
    wire.set('cut')
    expectOutage(await listUsers())
    const read = await browser.get('/client')
    expectOutage(read)
    // Else a page would see no status, and not when to come back.
    expect(read.headers.get('access-control-allow-origin')).toBe(browser.origin)
    expect(read.headers.get('access-control-expose-headers')).toContain('retry-after')
    expectOutage(await browser.post('/client/sign_ins', { identifier: ADA }))
    const page = await server.identity.fetch(new Request(`${instance.keys.apiUrl}/sign-in`))
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '2'])
    wire.set('open')
    expect((await browser.client())?.sessions).toHaveLength(1)
    expect((await listUsers()).status).toBe(200)
  })

  it('makes a process not ready, but is no reason to replace it', async () => {
    wire.set('cut')
    expectOutage(await ask('/health/ready'))
    expectOutage(await ask('/health'))
    expect((await ask('/health/live')).status).toBe(200)
    wire.set('open')
    expect((await ask('/health/ready')).status).toBe(200)
  })

  it('leaves a user whole or not at all, whoever was being created meanwhile', async () => {
    const answers = Array.from({ length: 30 }, (_, i) => createUser(`u${i}@example.com`))
    await answers[0]
    wire.set('cut')
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200, 503]))
    wire.set('open')
    const { body } = await instance.call('GET', '/users?limit=100')
    const present = (body as { email_addresses: { email_address: string }[] }[]).map(
      ({ email_addresses: [first] }) => first?.email_address,
    )
    expect(present).not.toContain(undefined)
    const confirmed = [...statuses.keys()].filter((i) => statuses[i] === 200)
    for (const i of confirmed) expect(present).toContain(`u${i}@example.com`)
    // Who was told to come back may: taken or not, it is one user in the end.
    for (const i of statuses.keys()) await createUser(`u${i}@example.com`)
    expect((await instance.call('GET', '/users/count')).body.total_count).toBe(30)
  })

  it('may end connections that are in use, idle and in a transaction', async () => {
    await Promise.all(Array.from({ length: POOL_SIZE }, listUsers))
    await terminate()
    // A connection may be found broken once; then it is replaced.
    await Promise.all(Array.from({ length: POOL_SIZE }, listUsers))
    expect((await listUsers()).status).toBe(200)

    const interrupted = transact(handle.database, async (tx) => {
      await tx.update(users).set({ firstName: 'Ada' })
      await terminate()
      await tx.update(users).set({ lastName: 'Lovelace' })
    })
    await expect(interrupted).rejects.toThrow('Failed query')
    await Promise.all(Array.from({ length: POOL_SIZE }, listUsers))
    expect((await listUsers()).status).toBe(200)
  })
})

describe('a database that is slow', () => {
  it('ends in 503 when it falls silent, and is asked on new connections then', async () => {
    await open({ silenceMs: 300, connectMs: 300 })
    await Promise.all(Array.from({ length: POOL_SIZE }, listUsers))
    wire.set('silent')
    const answers = await Promise.all([
      ...Array.from({ length: POOL_SIZE }, listUsers),
      createUser(ADA),
      createUser('eve@example.com'),
    ])
    answers.forEach(expectOutage)
    wire.set('open')
    expect((await createUser(ADA)).status).toBe(200)
    expect(wire.count()).toBeLessThanOrEqual(POOL_SIZE)
  })

  it.each(['at the beginning', 'in the middle'])(
    'keeps no connection on which it falls silent %s of a transaction',
    async (moment) => {
      await open({ silenceMs: 200, connectMs: 1000 })
      for (let i = 0; i < POOL_SIZE; i++) {
        await listUsers()
        if (moment === 'at the beginning') wire.set('silent')
        const silent = transact(handle.database, async (tx) => {
          await tx.select().from(users)
          wire.set('silent')
          await tx.select().from(users)
        })
        await expect(silent).rejects.toThrow('Failed query')
        wire.set('open')
      }
      const answers = await Promise.all(Array.from({ length: POOL_SIZE }, listUsers))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    },
  )

  it('ends in 503 for those who find every connection in use, and in nothing for the others', async () => {
    await open({ connectMs: 300 })
    const gate = makeGate()
    const holders = Array.from({ length: POOL_SIZE }, () =>
      transact(handle.database, async (tx) => {
        await tx.select().from(users)
        await gate.opened
      }),
    )
    expectOutage(await listUsers())
    expect(handle.poolUse()).toMatchObject({ open: POOL_SIZE, idle: 0, max: POOL_SIZE })
    const waiting = listUsers()
    gate.open()
    expect((await waiting).status).toBe(200)
    await Promise.all(holders)
  })

  it.each<[string, Partial<ConnectionLimits>]>([
    ['whose statement takes too long', { statementMs: 200, lockMs: 60_000, silenceMs: 60_000 }],
    ['that waits for a lock too long', { statementMs: 60_000, lockMs: 200, silenceMs: 60_000 }],
  ])('ends in 503 for a request %s', async (_what, limits) => {
    await open(limits)
    const { body } = await createUser(ADA)
    const gate = makeGate()
    const locked = makeGate()
    const holder = transact(handle.database, async (tx) => {
      await tx.select().from(users).for('update')
      locked.open()
      await gate.opened
    })
    await locked.opened
    expectOutage(await instance.call('PATCH', `/users/${body.id}`, { first_name: 'Ada' }))
    gate.open()
    await holder
    const changed = await instance.call('PATCH', `/users/${body.id}`, { first_name: 'Ada' })
    expect(changed.status).toBe(200)
  })

  it('lets nobody pass where a limit cannot be counted', async () => {
    await open({ lockMs: 200 })
    const limited = await server.addInstance({ settings: { rate_limits: 100 } })
    const browser = await limited.openBrowser()
    const guess = { identifier: ADA, password: 'wrong horse' }
    browser.peer = '203.0.113.7'
    const gate = makeGate()
    const locked = makeGate()
    const holder = transact(handle.database, async (tx) => {
      await tx.execute(sql`lock table rate_limits in exclusive mode`)
      locked.open()
      await gate.opened
    })
    await locked.opened
    expectOutage(await browser.post('/client/sign_ins', guess))
    gate.open()
    await holder
    expect((await browser.post('/client/sign_ins', guess)).status).toBe(422)
  })
})

describe('a transaction', () => {
  beforeEach(() => open())

  it('runs again when it met another in the wrong order, and both are done', async () => {
    const [ada, eve] = await Promise.all([createUser(ADA), createUser('eve@example.com')])
    const meet = [makeGate(), makeGate()]
    let runs = 0
    const greet = (mine: number, ids: readonly string[]): Promise<void> =>
      transact(handle.database, async (tx) => {
        runs++
        for (const [step, id] of ids.entries()) {
          await tx
            .update(users)
            .set({ firstName: sql`concat(${users.firstName}, '.')` })
            .where(sql`${users.id} = ${id}`)
          if (step === 0) meet[mine]?.open()
          await meet[1 - mine]?.opened
        }
      })
    const ids = [ada.body.id, eve.body.id] as string[]
    await Promise.all([greet(0, ids), greet(1, ids.toReversed())])
    expect(runs).toBe(3)
    const { body } = await listUsers()
    expect((body as { first_name: string }[]).map(({ first_name: name }) => name)).toEqual([
      '..',
      '..',
    ])
  })

  it('tells who was slower what is taken, instead of failing', async () => {
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, i) => createUser(`u${i}@example.com`)),
    )
    const answers = await Promise.all(
      made.map(({ body }) => instance.call('PATCH', `/users/${body.id}`, { username: 'only_one' })),
    )
    const statuses = answers.map(({ status }) => status).toSorted()
    expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 422)])
    expect(answers.find(({ status }) => status === 422)?.body.errors[0]).toMatchObject({
      code: 'form_identifier_exists',
      meta: { param_name: 'username' },
    })
  })
})
