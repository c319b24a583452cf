import { and, eq, sql } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { clientTokens, clients } from '../database/schema.ts'
import {
  createInsert,
  createStatement,
  given,
  givenRow,
  selectGivenRow,
  toGivenRow,
  together,
} from '../database/statement.ts'
import type { ArrivedClient } from '../http/arrived.ts'
import { ApiError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { newId } from '../ids.ts'
import { hashToken, newToken } from '../secrets.ts'
import { toSeconds } from '../time.ts'
import { clientCookie, uatCookies } from './cookies.ts'
import type { ClientToken } from './identify.ts'

/** A client, as it is stored. */
export type Client = typeof clients.$inferSelect

/** Finds a client of an instance. */
export async function findClient(
  db: Queryable,
  instanceId: string,
  id: string,
): Promise<Client | null> {
  const [row] = await clientById(db).execute({ id, instanceId })
  return row ?? null
}

const clientById = createStatement('client_by_id', (db) =>
  db
    .select()
    .from(clients)
    .where(and(eq(clients.id, given('id')), eq(clients.instanceId, given('instanceId')))),
)

/**
 * Locks the visitor's client until the end of the transaction, so that what one browser does happens
 * in order. A browser that has none gets one.
 *
 * @throws {ApiError} `dev_browser_unauthenticated`
 */
export async function claimClient(tx: Transaction, visit: Visit): Promise<Client> {
  const { instance, browser, now } = visit
  const client = newClient(instance.id, now)
  const clientId =
    browser.kind === 'dev_browser'
      ? await claimDevBrowser(tx, browser.tokenHash, client)
      : visit.clientId
  const existing = clientId === null ? null : await lockClient(tx, clientId)
  if (existing !== null) {
    visit.clientId = existing.id
    return existing
  }
  if (browser.kind === 'cookie') {
    const { token, row } = makeBrowserToken(visit, 'cookie', client.id)
    await clientWithToken(tx).execute({
      ...toGivenRow(clients, client),
      ...toGivenRow(clientTokens, row),
    })
    visit.setCookie(clientCookie(instance, token))
    visit.hasNewToken = true
  }
  visit.clientId = client.id
  return client
}

/** Makes a client that nobody has signed in to yet. */
export function newClient(instanceId: string, now: number): Client {
  return {
    id: newId('client', now),
    instanceId,
    signInId: null,
    signUpId: null,
    lastActiveSessionId: null,
    lastAuthenticationStrategy: null,
    createdAt: now,
    updatedAt: now,
  }
}

export const insertClient = createInsert('insert_client', clients)

const clientWithToken = createStatement('client_with_token', (db) =>
  together(
    db,
    db.insert(clients).values(givenRow(clients)),
    db.insert(clientTokens).values(givenRow(clientTokens)),
  ),
)

/**
 * Locks the token of a development browser. One that has no client yet gets this one; of two first requests of one
 * browser, the second waits here and finds the client of the first. The client goes only with its token.
 *
 * @returns the client that it has had before
 * @throws {ApiError} `dev_browser_unauthenticated`
 */
async function claimDevBrowser(
  tx: Transaction,
  tokenHash: string | null,
  client: Client,
): Promise<string | null> {
  const values = { ...toGivenRow(clients, client), tokenHash: tokenHash ?? '' }
  const [row] = await devBrowserClaimed(tx).execute(values)
  if (row === undefined) throw new ApiError('dev_browser_unauthenticated')
  return row.clientId
}

const devBrowserClaimed = createStatement('dev_browser_claimed', (db) => {
  const isIts = eq(clientTokens.tokenHash, given('tokenHash'))
  const token = db
    .$with('token')
    .as(
      db.select({ clientId: clientTokens.clientId }).from(clientTokens).where(isIts).for('update'),
    )
  const made = db
    .insert(clients)
    .select(sql`select ${selectGivenRow(clients)} from ${token} where ${token.clientId} is null`)
  const named = sql`update ${clientTokens} set "client_id" = ${given('clients.id')} from ${token}
    where ${isIts} and ${token.clientId} is null`
  return db
    .with(token, db.$with('made', {}).as(made.getSQL()), db.$with('named', {}).as(named))
    .select({ clientId: token.clientId })
    .from(token)
})

/**
 * Locks the visitor's client until the end of the transaction.
 *
 * @throws {ApiError} `authentication_invalid` if there is none
 */
export async function requireClient(tx: Transaction, visit: Visit): Promise<Client> {
  const client = visit.clientId === null ? null : await lockClient(tx, visit.clientId)
  if (client === null) throw clientMissing(visit)
  return client
}

/**
 * Returns the visitor's client as it was when the request arrived, without a lock.
 *
 * @throws {ApiError} `authentication_invalid` if there is none
 */
export function requireArrivedClient(visit: Visit): ArrivedClient {
  if (visit.client === null) throw clientMissing(visit)
  return visit.client
}

/**
 * Refuses a browser that is known by a token which is not known here, and so can get no client.
 *
 * @throws {ApiError} `dev_browser_unauthenticated`
 */
export function refuseUnknownBrowser(visit: Visit): void {
  const { kind, tokenHash } = visit.browser
  if (kind === 'dev_browser' && tokenHash === null) throw clientMissing(visit)
}

function clientMissing({ browser }: Visit): ApiError {
  return new ApiError(
    browser.kind === 'dev_browser' && browser.tokenHash === null
      ? 'dev_browser_unauthenticated'
      : 'authentication_invalid',
  )
}

/** Locks a client until the end of the transaction. */
export async function lockClient(tx: Transaction, id: string): Promise<Client | null> {
  const [row] = await clientLocked(tx).execute({ id })
  return row ?? null
}

const clientLocked = createStatement('client_locked', (db) =>
  db
    .select()
    .from(clients)
    .where(eq(clients.id, given('id')))
    .for('update'),
)

/**
 * Replaces the client's cookie token. After a sign-in the old token is worthless: whoever planted or
 * learned it before does not share the session. One that this very request brings has been learned by nobody.
 *
 * A development browser keeps its token: the page holds it, not a cookie of ours.
 */
export async function rotateClientToken(
  tx: Transaction,
  visit: Visit,
  client: Client,
): Promise<void> {
  if (visit.browser.kind !== 'cookie' || visit.hasNewToken) return
  await tx
    .delete(clientTokens)
    .where(and(eq(clientTokens.clientId, client.id), eq(clientTokens.kind, 'cookie')))
  const token = await newBrowserToken(tx, visit, 'cookie', client.id)
  visit.setCookie(clientCookie(visit.instance, token))
}

/**
 * Makes a token by which a browser is known from now on.
 *
 * @param clientId `null` if the browser has no client yet
 */
export async function newBrowserToken(
  db: Queryable,
  visit: Pick<Visit, 'instance' | 'now'>,
  kind: ClientToken['kind'],
  clientId: string | null,
): Promise<string> {
  const { token, row } = makeBrowserToken(visit, kind, clientId)
  await insertToken(db, row)
  return token
}

function makeBrowserToken(
  { instance, now }: Pick<Visit, 'instance' | 'now'>,
  kind: ClientToken['kind'],
  clientId: string | null,
): { readonly token: string; readonly row: ClientToken } {
  const token = newToken()
  const tokenHash = hashToken(token)
  return { token, row: { tokenHash, instanceId: instance.id, kind, clientId, createdAt: now } }
}

const insertToken = createInsert('insert_client_token', clientTokens)

/**
 * Time of a sign-in or sign-out: whole seconds, because `__client_uat` counts them, yet later than
 * the one before.
 */
export function nextClientUpdate(client: Client, now: number): number {
  return Math.max(toSeconds(now) * 1000, client.updatedAt + 1)
}

/** Tells a production browser when its client last signed in; `0` when nobody is signed in. */
export function announceUat(visit: Visit, seconds: number): void {
  // In development the browser's own script writes these cookies.
  if (visit.instance.type !== 'production') return
  for (const cookie of uatCookies(visit.instance, seconds)) visit.setCookie(cookie)
}
