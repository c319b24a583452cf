/** Writes an instance into a file: one snapshot, line by line, never the whole in memory. */

import { createHash } from 'node:crypto'

import { sql } from 'drizzle-orm'

import { byCommand, record } from '../audit/record.ts'
import type { AuditDetail } from '../audit/tables.ts'
import type { Transaction } from '../database/database.ts'
import { liftLimits, transact } from '../database/transact.ts'
import { findInstance } from '../instances/instance.ts'
import type { Services } from '../services.ts'
import type { Vault } from '../vault/vault.ts'
import { writeRow, type Footer, type Header } from './file.ts'
import { createPassphraseVault, holdsKeys, moveKey, withoutKey } from './keys.ts'
import { listTables, rowsOf, type InstanceTable } from './tables.ts'

const BATCH = 200

/** What an export says besides its lines. */
export interface Exported {
  readonly rows: Readonly<Record<string, number>>
  /** Rows that could not go without their private keys. */
  readonly leftOut: number
}

/**
 * Exports an instance.
 *
 * @param passphrase what private keys are encrypted under in the file; `null` leaves them out
 * @param write takes a line, and resolves when it may be given the next one
 */
export async function exportInstance(
  services: Services,
  instanceId: string,
  passphrase: string | null,
  write: (line: string) => Promise<void>,
): Promise<Exported> {
  const { database, vault } = services
  const carrier = passphrase === null ? null : createPassphraseVault(passphrase, instanceId)
  const hash = createHash('sha256')
  const put = async (line: string): Promise<void> => {
    hash.update(`${line}\n`)
    await write(line)
  }
  const header: Header = {
    core_export: 1,
    instance: instanceId,
    keys: carrier === null ? 'absent' : 'sealed',
  }
  await put(JSON.stringify(header))
  const rows: Record<string, number> = {}
  let leftOut = 0
  await database.transaction(
    async (tx) => {
      await liftLimits(tx)
      for (const table of await listTables(tx)) {
        for await (const json of readRows(tx, table, instanceId)) {
          const carried = carry(table.name, json, vault, carrier)
          if (carried === null) leftOut++
          else {
            await put(writeRow(table.name, carried))
            rows[table.name] = (rows[table.name] ?? 0) + 1
          }
        }
      }
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
  // Before what makes the file whole: nobody has one that nobody knows of.
  await recordExport(services, instanceId, { rows: sumOf(rows), keys: header.keys })
  const footer: Footer = { rows, sha256: hash.digest('hex') }
  await write(JSON.stringify(footer))
  return { rows, leftOut }
}

async function recordExport(
  { database, now }: Services,
  instanceId: string,
  detail: AuditDetail,
): Promise<void> {
  await transact(database, async (tx) => {
    const instance = await findInstance(tx, instanceId)
    // It may be deleted while it is read.
    if (instance === null) return
    await record(tx, byCommand(instance, now()), 'instance.exported', instanceId, detail)
  })
}

function sumOf(rows: Readonly<Record<string, number>>): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0)
}

function carry(table: string, json: string, vault: Vault, carrier: Vault | null): string | null {
  if (!holdsKeys(table)) return json
  return carrier === null ? withoutKey(table, json) : moveKey(table, json, vault, carrier)
}

/** Reads the rows of a table in an order that is the same on every database. */
async function* readRows(
  tx: Transaction,
  { name, key, rowsOf: belongs }: InstanceTable,
  instanceId: string,
): AsyncGenerator<string> {
  const order = sql.join(
    key.map((column) => sql`${sql.identifier(column)}::text collate "C"`),
    sql`, `,
  )
  await tx.execute(
    sql`declare exported no scroll cursor for select to_jsonb(t)::text as json from ${sql.identifier(name)} t where ${belongs(instanceId)} order by ${order}`,
  )
  for (;;) {
    const rows = await rowsOf<{ json: string }>(tx, sql.raw(`fetch ${BATCH} from exported`))
    for (const { json } of rows) yield json
    if (rows.length < BATCH) break
  }
  await tx.execute(sql`close exported`)
}
