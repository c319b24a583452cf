/**
 * What a request to the Frontend API stands on: the instance of its host, the browser that its token names, and
 * the session that its path names. One statement reads it all, and requests that arrive together share it.
 */

import { QUERY } from '@core/protocol'
import { sql } from 'drizzle-orm'

import { readClientCookie } from '../clients/identify.ts'
import { createBatch } from '../database/batch.ts'
import type { Database } from '../database/database.ts'
import { clientTokens, clients, instances, sessions } from '../database/schema.ts'
import {
  INSTANCE_VERSION,
  createInstanceReader,
  findInstanceByOtherHost,
  findInstanceByProxy,
  type Instance,
} from '../instances/instance.ts'
import { hashToken } from '../secrets.ts'
import {
  CLIENT_COLUMNS,
  SESSION_COLUMNS,
  TOKEN_COLUMNS,
  type ArrivedClient,
  type ArrivedSession,
  type ArrivedToken,
} from './arrived.ts'

/** What is known when a request arrives. All of it belongs to the instance. */
export interface Standing {
  /** `null`: nothing is served at that host. */
  readonly instance: Instance | null
  /** Whether the domain's own server sent it here, and proved by its key that it may. */
  readonly isProxied: boolean
  readonly token: ArrivedToken | null
  readonly client: ArrivedClient | null
  /** The session that the path names, if it is one of the client's. */
  readonly session: ArrivedSession | null
}

/** Creates the function that finds out about a request. */
export function createStandingFinder(
  database: Database,
): (request: Request, url: URL, host: string) => Promise<Standing> {
  const read = createStandingReader(database)
  return async (request, url, host) => {
    const question = questionOf(request, url, host)
    const proxied = await findProxied(database, request)
    if (proxied === null) {
      const standing = await read(question)
      if (standing.instance !== null) return standing
    }
    const instance = proxied ?? (await findInstanceByOtherHost(database, question.host))
    if (instance === null) return NOWHERE
    const standing = await read({ ...question, host: instance.frontendApi })
    return { ...standing, instance, isProxied: proxied !== null }
  }
}

const NOWHERE: Standing = {
  instance: null,
  isProxied: false,
  token: null,
  client: null,
  session: null,
}

/** A domain's own server that forwards to the Frontend API proves with its secret key that it may. */
async function findProxied(database: Database, { headers }: Request): Promise<Instance | null> {
  const [proxyUrl, secretKey] = [headers.get('clerk-proxy-url'), headers.get('clerk-secret-key')]
  return proxyUrl === null || secretKey === null
    ? null
    : findInstanceByProxy(database, secretKey, proxyUrl)
}

/** What is asked of the database. An empty text asks for nothing. */
interface Question {
  readonly host: string
  /** Hash of the token in the `__client` cookie. */
  readonly cookie: string
  /** Hash of the dev-browser token, which counts in development and before the cookie. */
  readonly devBrowser: string
  readonly sessionId: string
}

function questionOf(request: Request, { pathname, searchParams }: URL, host: string): Question {
  const cookie = readClientCookie(request)
  const devBrowser = searchParams.get(QUERY.devBrowser)
  return {
    host: host.toLowerCase(),
    cookie: cookie === undefined ? '' : hashToken(cookie),
    devBrowser: devBrowser === null ? '' : hashToken(devBrowser),
    sessionId: /^\/v1\/client\/sessions\/(\w+)\//.exec(pathname)?.[1] ?? '',
  }
}

function createStandingReader(database: Database): (question: Question) => Promise<Standing> {
  const statement = prepareStatement(database)
  const readInstance = createInstanceReader(database)
  return createBatch(async (questions) => {
    const column = (name: keyof Question) => questions.map((question) => question[name])
    const rows = await statement.execute({
      hosts: column('host'),
      cookies: column('cookie'),
      devBrowsers: column('devBrowser'),
      sessionIds: column('sessionId'),
    })
    return Promise.all(
      rows.map(async ({ instanceId, version, ...found }) => ({
        ...found,
        instance: instanceId === null ? null : await readInstance(instanceId, version ?? ''),
        isProxied: false,
      })),
    )
  })
}

/** The port of a loopback host, which goes by three names that are one. */
const LOOPBACK_PORT = sql`substring(asked.host from '^(?:localhost|127\\.0\\.0\\.1|\\[::1\\])(|:[0-9]+)$')`

function prepareStatement(database: Database) {
  const hosts = sql`${sql.placeholder('hosts')}::text[]`
  const asked = sql`unnest(
      ${hosts}, ${sql.placeholder('cookies')}::text[],
      ${sql.placeholder('devBrowsers')}::text[], ${sql.placeholder('sessionIds')}::text[]
    ) with ordinality as asked(host, cookie, dev_browser, session_id, n)`
  const names = sql`asked.host, 'localhost' || ${LOOPBACK_PORT}, '127.0.0.1' || ${LOOPBACK_PORT}, '[::1]' || ${LOOPBACK_PORT}`
  // Once for every host: those who ask at the same time mostly ask the same instance.
  const served = database
    .select({
      host: sql<string>`asked.host`.as('served_host'),
      id: instances.id,
      type: instances.type,
      version: INSTANCE_VERSION.as('served_version'),
    })
    .from(sql`(select distinct host from unnest(${hosts}) as hosts(host)) as asked`)
    // The one that is called so, if two share a port.
    .innerJoin(
      instances,
      sql`${instances.id} = (select named.id from ${instances} as named where named.frontend_api in (${names})
        order by named.frontend_api = asked.host desc limit 1)`,
    )
    .as('served')
  return database
    .select({
      instanceId: served.id,
      version: served.version,
      token: TOKEN_COLUMNS,
      client: CLIENT_COLUMNS,
      session: SESSION_COLUMNS,
    })
    .from(asked)
    .leftJoin(served, sql`${served.host} = asked.host`)
    .leftJoin(
      clientTokens,
      sql`${clientTokens.instanceId} = ${served.id} and ${clientTokens.tokenHash} =
          case when ${served.type} = 'development' and asked.dev_browser <> '' then asked.dev_browser else asked.cookie end`,
    )
    .leftJoin(
      clients,
      sql`${clients.id} = ${clientTokens.clientId} and ${clients.instanceId} = ${served.id}`,
    )
    .leftJoin(
      sessions,
      sql`${sessions.id} = asked.session_id and ${sessions.clientId} = ${clients.id}`,
    )
    .orderBy(sql`asked.n`)
    .prepare('standing')
}
