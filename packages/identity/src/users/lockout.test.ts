import { afterAll, beforeAll, expect, it } from 'vitest'

import type { DatabaseHandle } from '../database/database.ts'
import { createStatement, together } from '../database/statement.ts'
import { createInstance, type Instance } from '../instances/instance.ts'
import { openTestDatabase } from '../testing/database.ts'
import { generateSigningKeyPair } from '../tokens/signing-key.ts'
import { createUser } from './create.ts'
import { claimAttempt, forgiveAttempts, toForgiven } from './lockout.ts'
import { findUser, isLocked } from './user.ts'
import { newDevelopmentSecret } from '../vault/secret.ts'
import { createVault } from '../vault/vault.ts'

const NOW = Date.UTC(2030, 0, 1)

let opened: DatabaseHandle
let instance: Instance
beforeAll(async () => {
  opened = await openTestDatabase()
  instance = await createInstance(
    opened.database,
    createVault([newDevelopmentSecret()]),
    {
      type: 'development',
      frontendApi: 'localhost:4000',
      settings: { lockout_attempts: 5, lockout_duration: 60 },
      signingKey: await generateSigningKeyPair(),
    },
    NOW,
  )
})
afterAll(() => opened.close())

async function addUser(name: string): Promise<string> {
  const user = await opened.database.transaction((tx) =>
    createUser(
      tx,
      instance,
      { emailAddresses: [`${name}@example.com`], verificationStrategy: 'admin' },
      NOW,
    ),
  )
  return user.id
}

const forgiven = createStatement('forgiven', (db) => together(db, forgiveAttempts(db)))

const claim = (id: string, now = NOW) => claimAttempt(opened.database, instance, id, now)

it('grants as many attempts as there are, however many are asked for at once', async () => {
  const id = await addUser('ada')
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => claim(id)))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
})

it('grants them again once the lock is over, and all of them after a right answer', async () => {
  const id = await addUser('eve')
  for (let i = 0; i < 5; i++) await claim(id)
  await expect(claim(id, NOW + 59_999)).rejects.toMatchObject({ code: 'user_locked' })
  await claim(id, NOW + 60_000)
  const user = await findUser(opened.database, instance.id, id)
  expect(user).toMatchObject({ failedAttempts: 1 })
  expect(user && isLocked(user, NOW + 60_000)).toBe(false)
  if (user !== null) await forgiven(opened.database).execute(toForgiven(user, NOW + 60_000))
  expect(await findUser(opened.database, instance.id, id)).toMatchObject({ failedAttempts: 0 })
})
