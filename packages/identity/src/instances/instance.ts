/** An instance is one application in one environment. It is found by host or by key, never guessed. */

import {
  accountPortalOrigin,
  cookieSuffix,
  createPublishableKey,
  originOfHost,
  parsePublishableKey,
  type InstanceType,
} from '@core/protocol'
import { eq, getTableColumns, inArray, sql, type SQL } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { instances, secretKeys } from '../database/schema.ts'
import { hashToken } from '../secrets.ts'
import { newId } from '../ids.ts'
import { IdentityError } from '../error.ts'
import { parsePlainUrl } from '../http/url.ts'
import { storeSigningKey, type KeyPair } from '../tokens/signing-key.ts'
import type { Vault } from '../vault/vault.ts'
import { domains } from '../tokens/tables.ts'
import { resolveSettings, type SettingChanges, type Settings } from './settings.ts'

/** A domain beside the one where people sign in, which follows the sessions there. */
export interface Satellite {
  readonly id: string
  readonly name: string
  /** Host of the Frontend API for this domain; `null` where it has none of its own. */
  readonly frontendApi: string | null
  /** Address at which the domain's own server forwards to the Frontend API. */
  readonly proxyUrl: string | null
}

/** An application that somebody made without an account. */
export interface AccountlessApplication {
  readonly id: string
  /** When whoever runs the server made it their own; `null` until then. */
  readonly claimedAt: number | null
  /** When it was last used, give or take an hour. */
  readonly usedAt: number
}

/** An instance, ready to serve. */
export interface Instance {
  readonly id: string
  readonly type: InstanceType
  readonly publishableKey: string
  /** Host of the Frontend API, with its port where it has one. */
  readonly frontendApi: string
  /** Origin of the Frontend API: the issuer of its tokens. */
  readonly origin: string
  /**
   * Where the browser that asks reaches the Frontend API, without a slash at the end: by way of a proxy, at the
   * host of a satellite, or at the origin. What it is told to open later is there, as it is known there.
   */
  readonly publicUrl: string
  /** Origin of the Account Portal. */
  readonly portalOrigin: string
  /** Suffix of the instance's own cookie names. */
  readonly cookieSuffix: string
  readonly settings: Settings
  /** `null` for what whoever runs the server made. */
  readonly application: AccountlessApplication | null
  readonly satellites: readonly Satellite[]
  /** The satellite that a request was made to; `null` on the primary domain. */
  readonly satellite: Satellite | null
}

/** An instance with its satellites, in one query. */
export const INSTANCE_COLUMNS = {
  ...getTableColumns(instances),
  satellites: sql<readonly Satellite[]>`(
    select coalesce(json_agg(json_build_object(
      'id', d.id, 'name', d.name, 'frontendApi', d.frontend_api, 'proxyUrl', d.proxy_url
    ) order by d.created_at, d.id), '[]') from domains d where d.instance_id = instances.id
  )`,
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** Finds the instance whose Frontend API is at a host. Loopback names are one host. */
export async function findInstanceByHost(db: Queryable, host: string): Promise<Instance | null> {
  const name = host.toLowerCase()
  const [, port] = /^(?:localhost|127\.0\.0\.1|\[::1\])((?::\d+)?)$/.exec(name) ?? []
  const names = port === undefined ? [name] : LOOPBACK.map((loopback) => loopback + port)
  const [row] = await db
    .select(INSTANCE_COLUMNS)
    .from(instances)
    .where(inArray(instances.frontendApi, names))
    // The one that is called so, if two share a port.
    .orderBy(sql`${instances.frontendApi} = ${name} desc`)
    .limit(1)
  return row === undefined ? findInstanceByOtherHost(db, name) : toInstance(row)
}

/** Finds the instance that a host belongs to which is not its Frontend API's: its portal's, or a satellite's. */
export async function findInstanceByOtherHost(
  db: Queryable,
  name: string,
): Promise<Instance | null> {
  // The portal of a production instance has its own host beside the Frontend API's.
  if (!name.startsWith('accounts.')) return findInstanceBySatellite(db, name)
  const sibling = `clerk.${name.slice('accounts.'.length)}`
  const [owner] = await db
    .select(INSTANCE_COLUMNS)
    .from(instances)
    .where(eq(instances.frontendApi, sibling))
  return owner === undefined ? null : toInstance(owner)
}

async function findInstanceBySatellite(db: Queryable, host: string): Promise<Instance | null> {
  const [row] = await db
    .select(INSTANCE_COLUMNS)
    .from(instances)
    .innerJoin(domains, eq(domains.instanceId, instances.id))
    .where(eq(domains.frontendApi, host))
  return row === undefined ? null : toInstance(row, ({ frontendApi }) => frontendApi === host)
}

/**
 * Finds the instance that a domain's own server forwards to: it says by which key, and at which address
 * it was asked itself. An address of nobody is that of the primary domain.
 */
export async function findInstanceByProxy(
  db: Queryable,
  secretKey: string,
  proxyUrl: string,
): Promise<Instance | null> {
  const address = proxyUrl.replace(/\/+$/, '')
  const row = await findRowBySecretKey(db, secretKey)
  if (row === null) return null
  const url = parsePlainUrl(address)
  const isAddress = url !== null && /^https?:$/.test(url.protocol) && !/[?#]/.test(address)
  return toInstance(row, (satellite) => satellite.proxyUrl === address, isAddress ? address : null)
}

/** Finds the instance that a secret key was issued for. */
export async function findInstanceBySecretKey(
  db: Queryable,
  secretKey: string,
): Promise<Instance | null> {
  const row = await findRowBySecretKey(db, secretKey)
  return row === null ? null : toInstance(row)
}

async function findRowBySecretKey(db: Queryable, secretKey: string): Promise<InstanceRow | null> {
  const [row] = await db
    .select(INSTANCE_COLUMNS)
    .from(secretKeys)
    .innerJoin(instances, eq(instances.id, secretKeys.instanceId))
    .where(eq(secretKeys.keyHash, hashToken(secretKey)))
  return row ?? null
}

/** Finds an instance by its id. */
export async function findInstance(db: Queryable, id: string): Promise<Instance | null> {
  const [row] = await db.select(INSTANCE_COLUMNS).from(instances).where(eq(instances.id, id))
  return row === undefined ? null : toInstance(row)
}

/**
 * Checks that a host can be that of a Frontend API.
 *
 * @throws {IdentityError} `invalid-host`
 */
export function checkHost(type: InstanceType, frontendApi: string): void {
  if (parsePublishableKey(createPublishableKey(type, frontendApi)) !== null) return
  throw new IdentityError(
    'invalid-host',
    `"${frontendApi}" cannot be the host of a Frontend API. Write a name such as clerk.example.com or localhost:4000.`,
  )
}

/**
 * Creates an instance with its signing key. It has no secret key yet.
 *
 * @throws {IdentityError} `invalid-host` if another instance has the host
 */
export async function createInstance(
  db: Queryable,
  vault: Vault,
  input: {
    readonly type: InstanceType
    readonly frontendApi: string
    readonly settings?: SettingChanges
    readonly signingKey: KeyPair
  },
  now: number,
): Promise<Instance> {
  const id = newId('ins', now)
  const [row] = await db
    .insert(instances)
    .values({
      id,
      type: input.type,
      frontendApi: input.frontendApi,
      publishableKey: createPublishableKey(input.type, input.frontendApi),
      settings: input.settings ?? {},
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing()
    .returning()
  if (row === undefined) {
    throw new IdentityError(
      'invalid-host',
      `There is another instance at ${input.frontendApi} already. Choose another host.`,
    )
  }
  await storeSigningKey(db, vault, id, input.signingKey, now)
  return toInstance({ ...row, satellites: [] })
}

/** Tells whether nobody has made an instance their own yet, so that it is deleted once nobody uses it. */
export function isUnclaimed({ application }: Pick<Instance, 'application'>): boolean {
  return application !== null && application.claimedAt === null
}

type InstanceRow = typeof instances.$inferSelect & { readonly satellites: readonly Satellite[] }

/** Another one after every change of an instance or of its satellites: which transactions wrote their rows. */
export const INSTANCE_VERSION: SQL<string> = sql<string>`instances.xmin || (
  select coalesce(string_agg(',' || d.xmin, '' order by d.id), '') from domains d where d.instance_id = instances.id
)`

/**
 * Creates a function that reads an instance if it has changed since the last time. It is done for every
 * request, and most of what is stored of an instance is its settings.
 */
export function createInstanceReader(
  db: Queryable,
): (id: string, version: string) => Promise<Instance | null> {
  const known = new Map<string, { readonly version: string; readonly instance: Instance }>()
  return async (id, version) => {
    const before = known.get(id)
    if (before?.version === version) return before.instance
    const [row] = await db
      .select({ ...INSTANCE_COLUMNS, version: INSTANCE_VERSION })
      .from(instances)
      .where(eq(instances.id, id))
    if (row === undefined) return null
    const instance = await toInstance(row)
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(id, { version: row.version, instance })
    return instance
  }
}

const MAX_KNOWN = 1000

/**
 * Completes a stored instance, as it is seen on the primary domain or on a satellite.
 *
 * @param proxyUrl the proxy that a request came through
 */
async function toInstance(
  row: InstanceRow,
  isHere: (satellite: Satellite) => boolean = () => false,
  proxyUrl: string | null = null,
): Promise<Instance> {
  const origin = originOfHost(row.frontendApi)
  const settings = resolveSettings(row.settings)
  const satellite = row.satellites.find(isHere) ?? null
  const satelliteHost = satellite?.frontendApi ?? null
  const ownUrl = satelliteHost === null ? settings.proxy_url : originOfHost(satelliteHost)
  return {
    id: row.id,
    type: row.type,
    publishableKey: row.publishableKey,
    frontendApi: row.frontendApi,
    origin,
    publicUrl: proxyUrl ?? (ownUrl.replace(/\/+$/, '') || origin),
    portalOrigin: accountPortalOrigin(row.frontendApi),
    cookieSuffix: await cookieSuffix(row.publishableKey),
    settings,
    application: toApplication(row),
    satellites: row.satellites,
    satellite,
  }
}

/** What a stored instance says about its application. */
export function toApplication(
  row: Pick<InstanceRow, 'applicationId' | 'claimedAt' | 'usedAt' | 'createdAt'>,
): AccountlessApplication | null {
  const { applicationId: id, claimedAt, usedAt, createdAt } = row
  return id === null ? null : { id, claimedAt, usedAt: usedAt ?? createdAt }
}
