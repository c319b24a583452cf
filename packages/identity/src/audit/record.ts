/** Writes down what is done, in the transaction that does it: both happen, or neither. */

import { and, eq, inArray, lt } from 'drizzle-orm'

import type { Transaction } from '../database/database.ts'
import { createStatement, given } from '../database/statement.ts'
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
  { instance, actor, address, now }: Author,
  action: AuditAction,
  subject: string | null,
  detail: AuditDetail = {},
): Promise<void> {
  const whole = actor.userId === undefined ? detail : { ...detail, as: actor.userId }
  await eventRecorded(tx).execute({
    id: newId('audit', now),
    instanceId: instance.id,
    actorKind: actor.kind,
    actorId: actor.id,
    action,
    subject,
    network: address === null ? null : toNetwork(address),
    detail: JSON.stringify(whole),
    createdAt: now,
    keptSince: now - instance.settings.audit_retention * DAY_MS,
  })
}

const eventRecorded = createStatement('event_recorded', (db) => {
  const isOver = and(
    eq(auditEvents.instanceId, given('instanceId')),
    lt(auditEvents.createdAt, given('keptSince')),
  )
  const stale = db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(isOver)
    .limit(SWEEP_ROWS)
    .for('update', { skipLocked: true })
  const swept = db
    .$with('swept')
    .as(
      db
        .delete(auditEvents)
        .where(inArray(auditEvents.id, stale))
        .returning({ id: auditEvents.id }),
    )
  return db
    .with(swept)
    .insert(auditEvents)
    .values({
      id: given('id'),
      instanceId: given('instanceId'),
      actorKind: given('actorKind'),
      actorId: given('actorId'),
      action: given('action'),
      subject: given('subject'),
      network: given('network'),
      detail: given('detail'),
      createdAt: given('createdAt'),
    })
})
