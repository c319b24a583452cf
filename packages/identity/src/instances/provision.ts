/** What `core dev` finds or makes in its data directory: one development instance and its keys. */

import { chmod, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { createPublishableKey } from '@core/protocol'
import { and, asc, eq, isNull, sql } from 'drizzle-orm'

import { moveApplications } from '../accountless/move.ts'
import { byCommand, record } from '../audit/record.ts'
import type { Database } from '../database/database.ts'
import { instances } from '../database/schema.ts'
import { lockName, transact } from '../database/transact.ts'
import type { Services } from '../services.ts'
import {
  checkHost,
  createInstance,
  findInstance,
  findInstanceBySecretKey,
  type Instance,
} from './instance.ts'
import { issueSecretKey } from './secret-keys.ts'
import { parseSettingChanges, resolveSettings, type SettingChanges } from './settings.ts'

/** The keys of an instance in plain text, as `core keys` hands them out. */
export interface InstanceKeys {
  readonly publishableKey: string
  readonly secretKey: string
  /** Where both APIs are. */
  readonly apiUrl: string
}

/**
 * Finds or makes the development instance of a database, and hands out its keys.
 *
 * @throws {IdentityError} `invalid-host`, `invalid-setting`
 */
export async function provisionDevelopment(
  services: Services,
  input: {
    readonly frontendApi: string
    readonly settings: SettingChanges
    /** Where the keys are kept in plain text. */
    readonly directory: string | null
  },
): Promise<InstanceKeys> {
  checkHost('development', input.frontendApi)
  const settings = parseSettingChanges(input.settings)
  const now = services.now()
  const instance = await provisionInstance(services, input.frontendApi, settings, now)
  return provisionKeys(services.database, instance, input.directory, now)
}

/**
 * Returns the development instance of a database, made on first use. Later starts keep its id, its
 * keys and its users; only the host follows the port.
 */
async function provisionInstance(
  { database, vault, accountless, createSigningKey }: Services,
  frontendApi: string,
  settings: SettingChanges,
  now: number,
): Promise<Instance> {
  return transact(database, async (tx) => {
    // Two servers that start at once are to find one instance.
    await lockName(tx, 'development instance')
    if (accountless !== null) await moveApplications(tx, accountless.host, now)
    const [existing] = await tx
      .select()
      .from(instances)
      .where(and(eq(instances.type, 'development'), isNull(instances.applicationId)))
      // The one at this host, else the first one, which moves here.
      .orderBy(sql`${instances.frontendApi} = ${frontendApi} desc`, asc(instances.createdAt))
      .limit(1)
    if (existing === undefined) {
      const { signing_algorithm: algorithm } = resolveSettings(settings)
      const signingKey = await createSigningKey(algorithm)
      const input = { type: 'development', frontendApi, settings, signingKey } as const
      const made = await createInstance(tx, vault, input, now)
      await record(tx, byCommand(made, now), 'instance.created', made.id)
      return made
    }
    await tx
      .update(instances)
      .set({
        frontendApi,
        publishableKey: createPublishableKey('development', frontendApi),
        settings: { ...existing.settings, ...settings },
        updatedAt: Math.max(now, existing.updatedAt + 1),
      })
      .where(eq(instances.id, existing.id))
    const instance = await findInstance(tx, existing.id)
    if (instance === null) throw new Error('The development instance has disappeared.')
    const fields = Object.keys(settings)
    if (fields.length > 0) {
      await record(tx, byCommand(instance, now), 'instance.updated', instance.id, { fields })
    }
    return instance
  })
}

/**
 * Returns an instance's keys, and writes them to the directory's key file for `core keys`. A secret
 * key is issued if the file holds none that works: the database has only its hash.
 */
async function provisionKeys(
  database: Database,
  instance: Instance,
  directory: string | null,
  now: number,
): Promise<InstanceKeys> {
  const kept = directory === null ? null : await readKeyFile(directory)
  const owner = kept === null ? null : await findInstanceBySecretKey(database, kept.secretKey)
  const keys: InstanceKeys = {
    publishableKey: instance.publishableKey,
    secretKey:
      kept !== null && owner?.id === instance.id
        ? kept.secretKey
        : await issueSecretKey(database, byCommand(instance, now)),
    apiUrl: instance.origin,
  }
  if (directory !== null) await writeKeyFile(directory, keys)
  return keys
}

/** Reads the key file of a data directory, or `null` if there is none that can be read. */
export async function readKeyFile(directory: string): Promise<InstanceKeys | null> {
  try {
    const keys: unknown = JSON.parse(await readFile(keyFile(directory), 'utf8'))
    if (typeof keys !== 'object' || keys === null) return null
    const { publishableKey, secretKey, apiUrl } = keys as Readonly<Record<string, unknown>>
    return typeof publishableKey === 'string' &&
      typeof secretKey === 'string' &&
      typeof apiUrl === 'string'
      ? { publishableKey, secretKey, apiUrl }
      : null
  } catch {
    return null
  }
}

async function writeKeyFile(directory: string, keys: InstanceKeys): Promise<void> {
  // Written beside and renamed, so that a reader never meets half a file.
  const draft = `${keyFile(directory)}.${process.pid}`
  await writeFile(draft, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })
  await chmod(draft, 0o600)
  await rename(draft, keyFile(directory))
}

function keyFile(directory: string): string {
  return join(directory, 'keys.json')
}
