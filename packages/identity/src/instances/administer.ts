/** What is done to an instance as a whole, by whoever runs the server. */

import type { InstanceType } from '@core/protocol'

import { eq } from 'drizzle-orm'

import { byCommand, record } from '../audit/record.ts'
import type { Queryable } from '../database/database.ts'
import { instances } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import { IdentityError } from '../error.ts'
import type { Services } from '../services.ts'
import { rotateSigningKey } from '../tokens/signing-key.ts'
import { renewStoredKeys } from '../vault/stored-keys.ts'
import {
  checkHost,
  createInstance,
  findInstance,
  findInstanceByHost,
  isUnclaimed,
  toApplication,
  type Instance,
} from './instance.ts'
import type { InstanceKeys } from './provision.ts'
import { issueSecretKey } from './secret-keys.ts'
import { parseSettingChanges, resolveSettings, type SettingChanges } from './settings.ts'

/**
 * Adds an instance with a secret key, which cannot be had again.
 *
 * @throws {IdentityError} `invalid-host`, `invalid-setting`
 */
export async function addInstance(
  services: Services,
  input: {
    readonly type: InstanceType
    readonly frontendApi: string
    readonly settings?: SettingChanges
  },
): Promise<InstanceKeys> {
  const { database, vault, now } = services
  checkHost(input.type, input.frontendApi)
  const settings = parseSettingChanges(input.settings ?? {})
  const signingKey = await services.createSigningKey(resolveSettings(settings).signing_algorithm)
  return transact(database, async (tx) => {
    const instance = await createInstance(tx, vault, { ...input, settings, signingKey }, now())
    await record(tx, byCommand(instance, now()), 'instance.created', instance.id)
    return {
      publishableKey: instance.publishableKey,
      secretKey: await issueSecretKey(tx, byCommand(instance, now())),
      apiUrl: instance.origin,
    }
  })
}

/**
 * Signs with a new key from now on.
 *
 * @returns the `kid` of the new key
 * @throws {IdentityError} `no-instance`
 */
export async function rotateKeyOf(services: Services, frontendApi: string): Promise<string> {
  const { database, vault, now } = services
  const instance = await findInstanceByHost(database, frontendApi)
  if (instance === null) {
    throw new IdentityError('no-instance', `There is no instance at ${frontendApi}.`)
  }
  const { signing_algorithm: algorithm, session_token_lifetime: lifetime } = instance.settings
  const pair = await services.createSigningKey(algorithm)
  const kid = await transact(database, async (tx) => {
    const made = await rotateSigningKey(tx, vault, instance.id, pair, lifetime, now())
    await record(tx, byCommand(instance, now()), 'signing_key.rotated', made)
    return made
  })
  services.forgetSigner(instance.id)
  return kid
}

/**
 * Encrypts every private key of the database under the newest secret.
 *
 * @returns how many were not under it
 * @throws {IdentityError} `secret-wrong`
 */
export function renewPrivateKeys({ database, vault, now }: Services): Promise<number> {
  return renewStoredKeys(database, vault, async (tx, id, count) => {
    const instance = await findInstance(tx, id)
    if (instance === null) return
    await record(tx, byCommand(instance, now()), 'private_keys.renewed', id, { keys: count })
  })
}

/** An instance, as lists show it. */
export type ListedInstance = Pick<Instance, 'id' | 'type' | 'frontendApi' | 'application'>

/** Lists all instances, oldest first. */
export async function listInstances(db: Queryable): Promise<ListedInstance[]> {
  const rows = await db.select().from(instances).orderBy(instances.createdAt, instances.id)
  return rows.map((row) => ({
    id: row.id,
    type: row.type,
    frontendApi: row.frontendApi,
    application: toApplication(row),
  }))
}

/**
 * Finds the instance that somebody names, or the only one if nobody names any. One that nobody claimed is meant
 * by name only.
 *
 * @param name id or host
 * @throws {IdentityError} `no-instance`, with the names there are
 */
export async function requireInstance(db: Queryable, name: string | undefined): Promise<Instance> {
  const all = await listInstances(db)
  const own = all.filter((it) => !isUnclaimed(it))
  const [only, another] = own
  const meant =
    name === undefined
      ? another === undefined
        ? only
        : undefined
      : all.find(({ id, frontendApi }) => id === name || frontendApi === name)
  const found = meant === undefined ? null : await findInstance(db, meant.id)
  if (found !== null) return found
  throw new IdentityError(
    'no-instance',
    only === undefined
      ? 'There is no instance. Make one with "core dev" for development, or with "core instance create".'
      : `Name one of these instances with --instance: ${own.map(({ frontendApi }) => frontendApi).join(', ')}.`,
  )
}

/** Changes settings of an instance. Those that are not named stay. */
export async function changeSettings(
  { database, now }: Services,
  id: string,
  changes: SettingChanges,
): Promise<Instance> {
  return transact(database, async (tx) => {
    const [before] = await tx.select().from(instances).where(eq(instances.id, id)).for('update')
    if (before !== undefined) {
      await tx
        .update(instances)
        .set({
          settings: { ...before.settings, ...changes },
          updatedAt: Math.max(now(), before.updatedAt + 1),
        })
        .where(eq(instances.id, id))
    }
    const changed = await findInstance(tx, id)
    if (changed === null) throw new IdentityError('no-instance', `There is no instance ${id}.`)
    const fields = Object.keys(changes)
    await record(tx, byCommand(changed, now()), 'instance.updated', id, { fields })
    return changed
  })
}

/** Deletes an instance with everything in it. */
export async function deleteInstance(
  { database, now }: Services,
  instance: Instance,
): Promise<void> {
  await transact(database, async (tx) => {
    await tx.delete(instances).where(eq(instances.id, instance.id))
    await record(tx, byCommand(instance, now()), 'instance.deleted', instance.id)
  })
}
