/** The tables of an instance, as the database itself describes them: a new one needs no line here. */

import { sql, type SQL } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'

/** A table, and how to find the rows of an instance in it. */
export interface InstanceTable {
  readonly name: string
  readonly columns: readonly string[]
  readonly key: readonly string[]
  rowsOf(instanceId: string): SQL
}

/**
 * What is over within the hour, or of no use elsewhere; and what was done, since that is what this server saw:
 * no file is to say what happened here.
 */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'audit_events',
  'one_time_payloads',
  'outbox',
  'rate_limits',
  'testing_tokens',
])

/** Tables whose rows belong to an instance by way of another table. */
const BY_PARENT: Readonly<Record<string, { readonly column: string; readonly parent: string }>> = {
  organization_role_permissions: { column: 'role_id', parent: 'organization_roles' },
}

/** Runs a statement that no table of ours types, and returns its rows. */
export async function rowsOf<T>(db: Queryable, statement: SQL): Promise<readonly T[]> {
  const result: unknown = await db.execute(statement)
  return (result as { readonly rows: readonly T[] }).rows
}

/** Lists the tables of an instance, those that others refer to first. */
export async function listTables(db: Queryable): Promise<readonly InstanceTable[]> {
  const found = await rowsOf<{ name: string; columns: string[]; key: string[]; parents: string[] }>(
    db,
    sql`select c.relname as name,
      (select json_agg(a.attname order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select coalesce(json_agg(a.attname order by a.attnum), '[]') from pg_index i
        join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
        where i.indrelid = c.oid and i.indisprimary) as key,
      (select coalesce(json_agg(distinct p.relname), '[]') from pg_constraint k
        join pg_class p on p.oid = k.confrelid
        where k.conrelid = c.oid and k.contype = 'f' and p.oid <> c.oid) as parents
      from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
      order by c.relname collate "C"`,
  )
  const waiting = found.filter(
    ({ name, columns }) =>
      !LEFT_OUT.has(name) &&
      (name === 'instances' || columns.includes('instance_id') || Object.hasOwn(BY_PARENT, name)),
  )
  const sorted: InstanceTable[] = []
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ parents }) =>
      parents.every((parent) => !waiting.some(({ name }) => name === parent)),
    )
    const [table] = waiting.splice(next, 1)
    if (next === -1 || table === undefined)
      throw new Error('Tables refer to each other in a circle.')
    sorted.push({ ...table, rowsOf: (instanceId) => belongsTo(table.name, instanceId) })
  }
  return sorted
}

function belongsTo(table: string, instanceId: string): SQL {
  const via = Object.hasOwn(BY_PARENT, table) ? BY_PARENT[table] : undefined
  if (via === undefined) {
    return sql`${sql.identifier(table === 'instances' ? 'id' : 'instance_id')} = ${instanceId}`
  }
  return sql`${sql.identifier(via.column)} in (select id from ${sql.identifier(via.parent)} where instance_id = ${instanceId})`
}
