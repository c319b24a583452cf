import { randomBytes } from 'node:crypto'

import { afterEach, expect, it } from 'vitest'

import { createTestDatabase } from '../testing/database.ts'
import { makeDirectory, runCore, stopPrograms } from '../testing/program.ts'

const SECRET = randomBytes(48).toString('base64')

afterEach(stopPrograms)

it(
  'serves one instance from several processes, of which any may be stopped or killed',
  { timeout: 120_000 },
  async () => {
    const directory = await makeDirectory()
    const databaseUrl = await createTestDatabase('template0')
    // In development that variable is the app's.
    const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/app', CORE_SECRET: SECRET }
    const dev = runCore(
      ['dev', '--port', '0', '--data', directory.path, '--database-url', databaseUrl],
      env,
    )
    const origin = await dev.ready
    const keys = runCore(['keys', '--data', directory.path])
    await keys.exited
    const secretKey = /CLERK_SECRET_KEY=(\S+)/.exec(keys.output())?.[1]
    await directory.remove()
    dev.child.kill('SIGTERM')
    expect(await dev.exited).toBe(0)

    const startOne = () =>
      runCore(['start', '--port', '0'], {
        DATABASE_URL: databaseUrl,
        CORE_SECRET: SECRET,
        METRICS_PORT: '0',
      })
    const programs = [startOne(), startOne()]
    const urls = await Promise.all(programs.map(({ ready }) => ready))
    const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ email_address: ['ada@example.com'], password: 'correct horse' })
    const created = await fetch(`${urls[0]}/v1/users`, { method: 'POST', headers, body })
    const { id } = (await created.json()) as { id: string }
    for (const url of urls) {
      expect((await fetch(`${url}/v1/users/${id}`, { headers })).status).toBe(200)
      expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    }
    const port = /Metrics on port (\d+)/.exec(programs[0]?.output() ?? '')?.[1]
    const metrics = await (await fetch(`http://localhost:${port}/metrics`)).text()
    expect(metrics).toContain('core_database_connections_max 10')
    expect(metrics).toContain('route="/v1/users/:id"')
    programs[0]?.child.kill('SIGTERM')
    expect(await programs[0]?.exited).toBe(0)
    expect((await fetch(`${urls[1]}/v1/users/${id}`, { headers })).status).toBe(200)

    // One that is killed in the middle of writing leaves to the others what it had confirmed, and no halves.
    const third = startOne()
    const url = await third.ready
    const confirmed = new Set<string>()
    const write = async (writer: number): Promise<void> => {
      for (let i = 0; i < 100; i++) {
        const address = `w${writer}n${i}@example.com`
        const body = JSON.stringify({ email_address: [address], skip_password_requirement: true })
        const response = await fetch(`${url}/v1/users`, { method: 'POST', headers, body })
        if (response.status === 200) confirmed.add(address)
        if (confirmed.size >= 100) third.child.kill('SIGKILL')
      }
    }
    await Promise.allSettled(Array.from({ length: 20 }, (_, i) => write(i)))
    expect(await third.exited).toBe('SIGKILL')
    const listed = await fetch(`${urls[1]}/v1/users?limit=500`, { headers })
    const users = (await listed.json()) as { email_addresses: { email_address: string }[] }[]
    const present = users.map(({ email_addresses: [first] }) => first?.email_address ?? 'half')
    expect(present).not.toContain('half')
    expect(present).toEqual(expect.arrayContaining([...confirmed]))
    expect(origin).toMatch(/^http:\/\/localhost:\d+$/)
  },
)
