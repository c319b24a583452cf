import { randomBytes } from 'node:crypto'

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import { createIdentity } from '../identity.ts'
import { fillDirectory, makeDirectory, runCore, stopPrograms } from '../testing/program.ts'
import { answerOf } from '../testing/terminal.ts'
import { newDevelopmentSecret } from '../vault/secret.ts'
import { refuseUnsafe } from './refusals.ts'

const SECRET = randomBytes(48).toString('base64')
const SAFE = { CORE_SECRET: SECRET, SMTP_URL: 'smtp://127.0.0.1:1' }
const PRODUCTION = { type: 'production', frontendApi: 'clerk.example.com' } as const
const LOOPBACK = { type: 'production', frontendApi: 'localhost:4000' } as const
const DEVELOPMENT = { type: 'development', frontendApi: 'localhost:4000' } as const

type Env = Readonly<Record<string, string>>

// oxfmt-ignore
const CASES: readonly (readonly [what: string, instance: typeof PRODUCTION | typeof LOOPBACK | typeof DEVELOPMENT, env: Env, sentence: RegExp])[] = [
  ['a development instance',         DEVELOPMENT, { ...SAFE, NODE_ENV: 'production' },                /holds a development instance/],
  ['cookies without TLS',            LOOPBACK,    SAFE,                                               /cookies would travel in the open/],
  ['a generated secret',             PRODUCTION,  { SMTP_URL: SAFE.SMTP_URL },                        /There is no secret of your own/],
  ['the secret of a development server', PRODUCTION, { ...SAFE, CORE_SECRET: newDevelopmentSecret() }, /was made for development/],
  ['applications without an account', PRODUCTION, { ...SAFE, ACCOUNTLESS_HOST: 'dev.example.com' },    /lets anybody make applications/],
  ['no mail server',                 PRODUCTION,  { CORE_SECRET: SECRET },                            /There is no mail server/],
]

describe('production', () => {
  it.each(CASES)('refuses %s', (_what, instance, env, sentence) => {
    const refuse = (): void => refuseUnsafe({ env, instances: [instance], place: 'The database' })
    expect(refuse).toThrow(sentence)
    expect(refuse).toThrow(expect.objectContaining({ code: 'unsafe-in-production' }))
  })

  it('refuses nothing that is safe, and asks nothing of development', () => {
    for (const [instances, env] of [
      [[PRODUCTION], { ...SAFE, NODE_ENV: 'production' }],
      [[DEVELOPMENT], {}],
      [[DEVELOPMENT], { ACCOUNTLESS_HOST: 'dev.example.com' }],
    ] as const) {
      expect(() => refuseUnsafe({ env, instances, place: 'The database' })).not.toThrow()
    }
  })
})

describe('core start', () => {
  const SLOW = 120_000
  let directory: { path: string; remove: () => Promise<void> }
  beforeAll(async () => {
    directory = await makeDirectory()
    await fillDirectory(directory.path)
    const identity = await createIdentity({ data: directory.path, secret: SECRET })
    await identity.addInstance(PRODUCTION)
    await identity.close()
  }, SLOW)
  afterEach(stopPrograms)
  afterAll(() => directory.remove())

  const start = (): readonly string[] => ['start', '--port', '0', '--data', directory.path]
  const inProduction = (env: Env): Env => ({ NODE_ENV: 'production', ...env })

  it.each<[string, Env, RegExp]>([
    ['no secret', { SMTP_URL: SAFE.SMTP_URL }, /were encrypted under another secret/],
    ['a short secret', { ...SAFE, CORE_SECRET: 'short' }, /CORE_SECRET is too short/],
    ['another secret', { ...SAFE, CORE_SECRET: newDevelopmentSecret() }, /under another secret/],
    ['no mail server', { CORE_SECRET: SECRET }, /There is no mail server/],
    [
      'a database server and no secret',
      { DATABASE_URL: 'postgres://127.0.0.1:1/x' },
      /There is no secret/,
    ],
  ])('ends with a sentence where there is %s', { timeout: SLOW }, async (_what, env, sentence) => {
    const { code, output } = await answerOf(start(), inProduction(env))
    expect(code).toBe(1)
    expect(output).toMatch(sentence)
    expect(output).not.toContain(SECRET)
    expect(output).not.toContain('    at ')
  })

  it(
    'starts with what is safe, and lets no second process at the embedded database',
    { timeout: SLOW },
    async () => {
      await runCore(start(), inProduction(SAFE)).ready
      const { code, output } = await answerOf(start(), inProduction(SAFE))
      expect(code).toBe(1)
      expect(output).toMatch(/is in use by another identity server/)
    },
  )
})
