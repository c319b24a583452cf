/** Writes down what is done, in the transaction that does it: both happen, or neither. */

import { and, eq, inArray, lt, type SQLWrapper } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { createStatement, given, givenRow, toGivenRow, together } from '../database/statement.ts'
import { toNetwork } from '../http/address.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import type { AuditAction } from './actions.ts'
import { COMMAND, type Actor } from './actor.ts'
import { auditEvents, type AuditDetail } from './tables.ts'

/** Who does something, where and when: a request to either API, or a command. */
export interface Author {
  readonly instance: Pick<Instance, 'id' | 'settings'>
  readonly actor: Actor
  /** Where it comes from; `null` where nobody can tell. */
  readonly address: string | null
  /** Unix milliseconds. */
  readonly now: number
}

/** The same, for what needs to know the instance. */
export interface InstanceAuthor extends Author {
  readonly instance: Instance
}

/** What whoever runs the server does to an instance. */
export function byCommand(instance: Instance, now: number): InstanceAuthor {
  return { instance, actor: COMMAND, address: null, now }
}

const DAY_MS = 86_400_000

/** More than one event, so that those that are over become fewer. */
const SWEEP_ROWS = 20

/**
 * Writes an event down, and forgets some that are over.
 *
 * @param subject id of whom or what it is done to
 */
export async function record(
  tx: Transaction,
  author: Author,
  action: AuditAction,
  subject: string | null,
  detail: AuditDetail = {},
): Promise<void> {
  await eventRecorded(tx).execute(toGivenEvent(author, action, subject, detail))
}

const eventRecorded = createStatement('event_recorded', (db) => together(db, ...eventChanges(db)))

/** What {@link record} changes, for a statement that changes more at once. */
export function eventChanges(db: Queryable): readonly SQLWrapper[] {
  const isOver = and(
    eq(auditEvents.instanceId, given('audit_events.instanceId')),
    lt(auditEvents.createdAt, given('keptSince')),
  )
  const stale = db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(isOver)
    .limit(SWEEP_ROWS)
    .for('update', { skipLocked: true })
  return [
    db.delete(auditEvents).where(inArray(auditEvents.id, stale)),
    db.insert(auditEvents).values(givenRow(auditEvents)),
  ]
}

/** What {@link eventChanges} are given. */
export function toGivenEvent(
  { instance, actor, address, now }: Author,
  action: AuditAction,
  subject: string | null,
  detail: AuditDetail = {},
): Readonly<Record<string, unknown>> {
  const row = {
    id: newId('audit', now),
    instanceId: instance.id,
    actorKind: actor.kind,
    actorId: actor.id,
    action,
    subject,
    network: address === null ? null : toNetwork(address),
    detail: actor.userId === undefined ? detail : { ...detail, as: actor.userId },
    createdAt: now,
  }
  const keptSince = now - instance.settings.audit_retention * DAY_MS
  return { ...toGivenRow(auditEvents, row), keptSince }
}
