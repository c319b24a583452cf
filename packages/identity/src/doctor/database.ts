/** Questions that the database answers. */

import { isLoopbackHost } from '@core/protocol'
import { and, count, desc, inArray, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm'

import { refuseUnsafe } from '../commands/refusals.ts'
import type { Database } from '../database/database.ts'
import { sessions, signingKeys } from '../database/schema.ts'
import { IdentityError } from '../error.ts'
import { isUnclaimed, type Instance } from '../instances/instance.ts'
import { oneTimePayloads } from '../tokens/tables.ts'
import { readValidity, type Validity } from './certificate.ts'
import { ok, problem, warning, type DatabaseCheck, type Finding } from './check.ts'

const DAY_MS = 86_400_000

const MIN_POSTGRES = 15
const MAX_SKEW_MS = 2000
const MAX_KEY_AGE_MS = 400 * DAY_MS
const PUBLIC_TIMEOUT_MS = 5000

/** Certificates are renewed when a third of their time is left, and nobody need look before that is half over. */
const MIN_CERTIFICATE_MS = 14 * DAY_MS
const MIN_CERTIFICATE_SHARE = 1 / 6
const RENEW = 'See in the log of the reverse proxy why it does not renew it, or give it a new one.'

/** What a connection brings along, and a pooler may leave out. */
const LIMITS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'] as const

/** So many people among the last sessions do not share one address by chance. */
const CROWD = 5
const RECENT_SESSIONS = 20
const SET_HEADER = 'Let the proxy set X-Forwarded-For.'

/** More than this of what is over, and for so long, means that nobody tidies up. */
const LEFTOVERS = { rows: 100_000, ageMs: 7 * DAY_MS }

/** In the order in which they are told. */
export const DATABASE_CHECKS: readonly DatabaseCheck[] = [
  {
    name: 'database',
    run: async ({ database }) => {
      const version =
        Number(await ask(database, sql`current_setting('server_version_num')`)) / 10_000
      const encoding = await ask(database, sql`current_setting('server_encoding')`)
      if (encoding !== 'UTF8') {
        return problem(
          `The database is encoded in ${encoding}.`,
          'Create one with "create database core encoding \'UTF8\' template template0".',
        )
      }
      return version >= MIN_POSTGRES
        ? ok(`PostgreSQL ${Math.floor(version)}, with the schema of this release.`)
        : warning(
            `PostgreSQL ${Math.floor(version)} is older than what was tried.`,
            `Use ${MIN_POSTGRES} or newer.`,
          )
    },
  },
  {
    name: 'clock',
    run: async ({ database }, _instances, { now }) => {
      const startedAt = performance.now()
      const theirs = Number(await ask(database, sql`extract(epoch from clock_timestamp()) * 1000`))
      const ours = now + (performance.now() - startedAt)
      const skew = Math.abs(theirs - ours)
      return skew <= MAX_SKEW_MS
        ? ok('The clocks of this machine and of the database agree.')
        : warning(
            `The clocks of this machine and of the database are ${Math.round(skew / 1000)} s apart.`,
            'Let both follow the same time server.',
          )
    },
  },
  {
    name: 'connections',
    run: async ({ database }, _instances, { env }) => {
      if (!env['DATABASE_URL']) return ok('The embedded database has no connections.')
      const max = Number(await ask(database, sql`current_setting('max_connections')`))
      const mine = Number(env['DATABASE_POOL_SIZE'] || '10')
      return mine * 2 <= max
        ? ok(`One process takes ${mine} connections of ${max}.`)
        : warning(
            `One process takes ${mine} connections of ${max}, so there is no room for a second one.`,
            'Lower DATABASE_POOL_SIZE, or raise max_connections.',
          )
    },
  },
  {
    name: 'limits',
    run: async ({ database }, _instances, { env }) => {
      if (!env['DATABASE_URL']) return ok('The embedded database has no connections.')
      const values = await Promise.all(
        LIMITS.map((name) => ask(database, sql`current_setting(${name})`)),
      )
      const missing = LIMITS.filter((_name, index) => values[index] === '0')
      return missing.length === 0
        ? ok('Statements and transactions that take too long are ended.')
        : warning(
            `Nothing ends what takes too long (${missing.join(', ')}): a pooler leaves it out.`,
            'Set it for the role, as the page on scaling says about poolers.',
          )
    },
  },
  {
    name: 'instances',
    run: async (_services, instances, { env }) => {
      if (instances.length === 0) {
        return warning('There is no instance.', 'Make one with "core instance create".')
      }
      try {
        refuseUnsafe({ env, instances, place: 'The database' })
      } catch (error) {
        if (!(error instanceof IdentityError)) throw error
        return problem('"core start" refuses to start.', error.message)
      }
      return ok(describe(instances))
    },
  },
  {
    name: 'public',
    run: async (_services, instances) => {
      const inPublic = instances.filter((it) => isPublic(it) && !isUnclaimed(it))
      const findings = await Promise.all(inPublic.map(visit))
      return (
        findings.find(({ verdict }) => verdict !== 'ok') ??
        ok(inPublic.length === 0 ? 'No instance is public.' : 'Every instance answers at its host.')
      )
    },
  },
  {
    name: 'certificates',
    run: async (_services, instances, { now }) => {
      const inPublic = instances.filter((it) => isPublic(it) && !isUnclaimed(it))
      const found = await Promise.all(
        inPublic.map(async ({ frontendApi, origin }) => ({
          frontendApi,
          validity: await readValidity(origin),
        })),
      )
      const findings = found.flatMap(({ frontendApi, validity }) =>
        validity === null ? [] : [judge(frontendApi, validity, now)],
      )
      return (
        findings.find(({ verdict }) => verdict === 'problem') ??
        findings.find(({ verdict }) => verdict === 'warning') ??
        ok(findings.length === 0 ? 'No certificate was found.' : 'Certificates hold long enough.')
      )
    },
  },
  {
    name: 'addresses',
    run: async ({ database }, instances, { env }) => {
      const inPublic = instances.filter(isPublic)
      if (inPublic.length === 0) return ok('No instance is public.')
      // Somebody ends TLS: it is not this server.
      if (!env['TRUSTED_PROXIES']) {
        return warning(
          'TRUSTED_PROXIES does not name the reverse proxy, so everybody seems to come from there.',
          `Set it to the address of the proxy, or to "loopback" if it is on this machine. ${SET_HEADER}`,
        )
      }
      const recent = await database
        .select({ userId: sessions.userId, ipAddress: sessions.ipAddress })
        .from(sessions)
        .where(
          and(
            isNotNull(sessions.ipAddress),
            inArray(
              sessions.instanceId,
              inPublic.map(({ id }) => id),
            ),
          ),
        )
        .orderBy(desc(sessions.id))
        .limit(RECENT_SESSIONS)
      const people = new Set(recent.map(({ userId }) => userId)).size
      const addresses = new Set(recent.map(({ ipAddress }) => ipAddress)).size
      return addresses === 1 && people >= CROWD
        ? warning(
            `The last ${people} people seem to come from one address.`,
            `If it is that of a proxy, add it to TRUSTED_PROXIES. ${SET_HEADER}`,
          )
        : ok('People are told apart by their addresses.')
    },
  },
  {
    name: 'signing keys',
    run: async ({ database }, _instances, { now }) => {
      const rows = await database
        .select({ createdAt: signingKeys.createdAt })
        .from(signingKeys)
        .where(isNull(signingKeys.retiredAt))
      const isOld = rows.some(({ createdAt }) => now - createdAt > MAX_KEY_AGE_MS)
      return isOld
        ? warning('A signing key is older than a year.', 'Run "core rotate"; nobody is signed out.')
        : ok('The signing keys can be read, and are younger than a year.')
    },
  },
  {
    name: 'search',
    run: async ({ database }, _instances, { env }) => {
      if (!env['DATABASE_URL']) return ok('The embedded database reads every user for a word.')
      const indexes = Number(
        await ask(
          database,
          sql`(select count(*) from pg_indexes where indexname in ('users_words', 'email_addresses_words'))`,
        ),
      )
      return indexes === 2
        ? ok('Users are found by words with an index.')
        : warning(
            'Looking users up by words reads every user.',
            'Let an administrator of the database run what the page on scaling says about searching.',
          )
    },
  },
  {
    name: 'leftovers',
    run: async ({ database }, _instances, { now }) => {
      const [row] = await database
        .select({ count: count() })
        .from(oneTimePayloads)
        .where(lt(oneTimePayloads.expireAt, now - LEFTOVERS.ageMs))
      const left = row?.count ?? 0
      return left <= LEFTOVERS.rows
        ? ok('What is over is tidied up.')
        : warning(
            `${left} rows are over for a week.`,
            'Look for errors of the database in the log.',
          )
    },
  },
]

function isPublic({ frontendApi }: Instance): boolean {
  return !isLoopbackHost(frontendApi)
}

function judge(host: string, { from, to }: Validity, now: number): Finding {
  if (to <= now) return problem(`The certificate of ${host} is over.`, RENEW)
  const least = Math.min(MIN_CERTIFICATE_MS, (to - from) * MIN_CERTIFICATE_SHARE)
  return to - now >= least
    ? ok(`The certificate of ${host} holds long enough.`)
    : warning(
        `The certificate of ${host} is over on ${new Date(to).toISOString().slice(0, 10)}.`,
        RENEW,
      )
}

/** Those that nobody claimed come and go, so that they are only counted. */
function describe(instances: readonly Instance[]): string {
  const unclaimed = instances.filter(isUnclaimed).length
  const hosts = instances.filter((it) => !isUnclaimed(it)).map(({ frontendApi }) => frontendApi)
  const counted = unclaimed === 0 ? [] : [`${unclaimed} that nobody claimed`]
  return `Instances: ${[...hosts, ...counted].join(', ')}.`
}

async function ask(database: Database, expression: SQL): Promise<string> {
  const [row] = await database
    .select({ value: sql<string>`${expression}` })
    .from(sql`(select 1) as one`)
  return String(row?.value)
}

/** Asks an instance at its own address: name, certificate and proxy in one. */
async function visit({ id, origin, frontendApi }: Instance): Promise<Finding> {
  try {
    const response = await fetch(`${origin}/v1/environment`, {
      signal: AbortSignal.timeout(PUBLIC_TIMEOUT_MS),
      redirect: 'manual',
    })
    const answer = (await response.json()) as { readonly id?: string }
    if (answer.id === `env_${id.slice('ins_'.length)}`) return ok(`${frontendApi} answers.`)
    return problem(
      `Something else answers at ${frontendApi}.`,
      'Let the reverse proxy pass the Host header on, and lead to this server.',
    )
  } catch (error) {
    const cause: unknown = error instanceof Error ? error.cause : undefined
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    return problem(
      `Nobody answers at ${frontendApi} as it should${code}.`,
      'Check that the name leads to your reverse proxy, that its certificate is valid, and that the server runs.',
    )
  }
}
