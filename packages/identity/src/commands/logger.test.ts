import { expect, it } from 'vitest'

import { openTestDatabase } from '../testing/database.ts'
import { assembleIdentity } from '../identity.ts'
import { createLogger } from './logger.ts'

/** Runs a sign-up whose mail fails, with everything logged, and returns the log and what is secret. */
async function runLogged(level: string): Promise<{ log: string; secrets: string[] }> {
  const lines: string[] = []
  const logger = createLogger({ LOG_LEVEL: level }, false, {
    write: (line: string) => void lines.push(line),
  })
  const secrets = ['canary-password', 'canary@example.com']
  let isDown = true
  const identity = assembleIdentity(await openTestDatabase(), null, {
    logger,
    mailer: {
      send: async (_instance, mail) => {
        secrets.push(mail.code ?? '')
        if (isDown) throw new Error('The mail server is away.')
      },
    },
  })
  const { apiUrl, secretKey } = await identity.provision('localhost:4000')
  secrets.push(secretKey)
  const post = async (path: string, form: Record<string, string>, query = '') => {
    const response = await identity.fetch(
      new Request(`${apiUrl}/v1${path}?${query}`, {
        method: 'POST',
        body: new URLSearchParams(form),
      }),
    )
    return (await response.json()) as { id: string; response: { id: string } }
  }
  const token = (await post('/dev_browser', {})).id
  secrets.push(token)
  const query = `__clerk_db_jwt=${token}`
  const form = { email_address: 'canary@example.com', password: 'canary-password' }
  const path = `/client/sign_ups/${(await post('/client/sign_ups', form, query)).response.id}`
  await post(`${path}/prepare_verification`, { strategy: 'email_code' }, query)
  isDown = false
  await post(`${path}/prepare_verification`, { strategy: 'email_code' }, query)
  const code = secrets.at(-1) ?? ''
  await post(`${path}/attempt_verification`, { strategy: 'email_code', code }, query)
  // The database is gone: every query fails, with its values in the error.
  await identity.close()
  await post('/client/sign_ins', { identifier: 'canary@example.com' }, query)
  return { log: lines.join(''), secrets }
}

it('logs requests and failures, but no token, code, address or password', async () => {
  const { log, secrets } = await runLogged('trace')
  expect(log).toContain('"path":"/v1/client/sign_ups"')
  expect(log).toContain('A mail was not sent')
  expect(log).toContain('A request failed')
  for (const secret of secrets) expect(log).not.toContain(secret)
})

it('is quiet about requests unless it is asked', async () => {
  expect(createLogger({}, true).level).toBe('info')
  expect(createLogger({}, false).level).toBe('warn')
  const { log } = await runLogged('warn')
  expect(log).not.toContain('"path"')
})

it('says that a query failed, and why, but not with which values', () => {
  const lines: string[] = []
  const logger = createLogger({}, false, { write: (line: string) => void lines.push(line) })
  const cause = Object.assign(new Error('duplicate key: canary'), { code: '23505' })
  logger.error({ err: new Error('Failed query: insert\nparams: canary', { cause }) }, 'failed')
  expect(lines.join('')).toContain('"message":"A query failed","cause":"23505"')
  expect(lines.join('')).not.toContain('canary')
})

it('says why a mail was refused, but not to whom, nor what a library was given', () => {
  const lines: string[] = []
  const logger = createLogger({}, false, { write: (line: string) => void lines.push(line) })
  const message =
    'Rejected: 550 5.1.1 <ada+x@example.com> smtp://me:canary@host sk_live_canarycanary'
  logger.error({ err: new Error(message) }, 'A mail was not sent')
  expect(lines.join('')).toContain('Rejected: 550 5.1.1 <[address]>')
  expect(lines.join('')).not.toMatch(/ada|canary/)
})

it('keeps one line per entry, whatever a client sends', () => {
  const lines: string[] = []
  const logger = createLogger({}, true, { write: (line: string) => void lines.push(line) })
  logger.info({ path: '/v1/x\r\n{"level":60,"msg":"forged"}\u2028' }, 'request\nforged')
  expect(lines).toHaveLength(1)
  expect(lines[0]?.trimEnd()).not.toMatch(/[\r\n]/)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'request\nforged' })
})

it('writes no member that is a secret by its name, at the top or one below', () => {
  const lines: string[] = []
  const logger = createLogger({}, true, { write: (line: string) => void lines.push(line) })
  const names = ['token', 'ticket', 'password', 'secret', 'authorization', 'cookie', 'email']
  const secrets = Object.fromEntries(names.map((name) => [name, 'canary']))
  logger.info({ ...secrets, inner: secrets }, 'careless')
  expect(lines.join('')).not.toContain('canary')
})
