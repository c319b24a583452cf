/** Reads an instance from a file: all of it in one transaction, or nothing. */

import { createHash } from 'node:crypto'

import { and, eq, isNull, sql } from 'drizzle-orm'

import { noteUse } from '../accountless/unused.ts'
import { byCommand, record } from '../audit/record.ts'
import type { Transaction } from '../database/database.ts'
import { signingKeys } from '../database/schema.ts'
import { liftLimits } from '../database/transact.ts'
import { IdentityError } from '../error.ts'
import { findInstance, type Instance } from '../instances/instance.ts'
import type { Services } from '../services.ts'
import { storeNextSigningKey } from '../tokens/signing-key.ts'
import type { Vault } from '../vault/vault.ts'
import { readRow, type Footer, type Header } from './file.ts'
import { createPassphraseVault, holdsKeys, moveKey } from './keys.ts'
import { listTables, type InstanceTable } from './tables.ts'

/** So much is inserted at once, in rows or in characters. */
const BATCH = { rows: 200, characters: 1_000_000 }

/**
 * Imports an instance that the database does not have.
 *
 * @param passphrase what private keys in the file were encrypted under; `null` if there are none
 * @throws {IdentityError} `import-refused`, with nothing changed
 */
export async function importInstance(
  services: Services,
  lines: AsyncIterable<string>,
  passphrase: string | null,
): Promise<Footer['rows']> {
  const { database, vault, now } = services
  return database.transaction(async (tx) => {
    await liftLimits(tx)
    const reader = lines[Symbol.asyncIterator]()
    const first = await reader.next()
    const header = readHeader(first.done === true ? '' : first.value)
    if (header.keys === 'sealed' && passphrase === null) {
      throw refuse(
        'The private keys in the file are encrypted. Name a file with the passphrase with --passphrase-file.',
      )
    }
    const carrier =
      header.keys === 'absent' ? null : createPassphraseVault(passphrase ?? '', header.instance)
    if ((await findInstance(tx, header.instance)) !== null) {
      throw refuse(`The database has the instance ${header.instance} already.`)
    }
    const tables = new Map((await listTables(tx)).map((table) => [table.name, table]))
    const hash = createHash('sha256').update(`${String(first.value)}\n`)
    const counted: Record<string, number> = {}
    let batch: {
      readonly table: InstanceTable
      readonly rows: string[]
      characters: number
    } | null = null
    const flush = async (): Promise<void> => {
      if (batch !== null) await insert(tx, batch.table, batch.rows)
      batch = null
    }
    let footer: Footer | null = null
    for (;;) {
      const { done, value: line } = await reader.next()
      if (done === true) break
      if (footer !== null) throw refuse('The file goes on behind its end.')
      const row = readRow(line)
      if (row === null) {
        footer = readFooter(line)
        continue
      }
      hash.update(`${line}\n`)
      const table = tables.get(row.table)
      if (table === undefined)
        throw refuse(`The file has rows of "${row.table}", which this release does not know.`)
      checkOwner(table, row.json, header.instance)
      const json = carrier === null ? row.json : unpack(table.name, row.json, carrier, vault)
      if (
        batch !== null &&
        (batch.table !== table ||
          batch.rows.length >= BATCH.rows ||
          batch.characters >= BATCH.characters)
      )
        await flush()
      batch ??= { table, rows: [], characters: 0 }
      batch.rows.push(json)
      batch.characters += json.length
      counted[table.name] = (counted[table.name] ?? 0) + 1
    }
    await flush()
    if (footer === null) throw refuse('The file was cut off: it has no end.')
    if (
      footer.sha256 !== hash.digest('hex') ||
      JSON.stringify(footer.rows) !== JSON.stringify(counted)
    ) {
      throw refuse('The file was changed: its checksum is another.')
    }
    const instance = await findInstance(tx, header.instance)
    if (instance === null) throw refuse('The file has no instance in it.')
    await signAgain(tx, services, instance, now())
    // One that nobody claimed is in use as of now: it must not be deleted for the age of the file.
    await noteUse(tx, instance, now())
    await record(tx, byCommand(instance, now()), 'instance.imported', instance.id)
    return counted
  })
}

async function insert(
  tx: Transaction,
  table: InstanceTable,
  rows: readonly string[],
): Promise<void> {
  const columns = Object.keys(JSON.parse(rows[0] ?? '{}') as object)
  const unknown = columns.find((column) => !table.columns.includes(column))
  if (unknown !== undefined) {
    throw refuse(`The file has "${unknown}" in "${table.name}", which this release does not know.`)
  }
  const names = sql.join(
    columns.map((column) => sql.identifier(column)),
    sql`, `,
  )
  const target = sql.identifier(table.name)
  try {
    await tx.execute(
      sql`insert into ${target} (${names}) select ${names} from jsonb_populate_recordset(null::${target}, ${`[${rows.join(',')}]`}::jsonb)`,
    )
  } catch (cause) {
    throw refuse(
      `Rows of "${table.name}" do not fit: the database may have another instance at the same host.`,
      cause,
    )
  }
}

function unpack(table: string, json: string, carrier: Vault, vault: Vault): string {
  if (!holdsKeys(table)) return json
  try {
    return moveKey(table, json, carrier, vault)
  } catch (cause) {
    throw refuse('The private keys in the file were encrypted under another passphrase.', cause)
  }
}

/** A file that was made by hand must not write into another instance. */
function checkOwner({ name, columns }: InstanceTable, json: string, instanceId: string): void {
  const row = JSON.parse(json) as Record<string, unknown>
  const owner = name === 'instances' ? row['id'] : row['instance_id']
  if ((name === 'instances' || columns.includes('instance_id')) && owner !== instanceId) {
    throw refuse(`The file has rows of "${name}" that belong to another instance.`)
  }
}

/** Makes a signing key where the file brought none. */
async function signAgain(
  tx: Transaction,
  services: Services,
  instance: Instance,
  now: number,
): Promise<void> {
  const [inUse] = await tx
    .select({ kid: signingKeys.kid })
    .from(signingKeys)
    .where(and(eq(signingKeys.instanceId, instance.id), isNull(signingKeys.retiredAt)))
  if (inUse !== undefined) return
  const pair = await services.createSigningKey(instance.settings.signing_algorithm)
  await storeNextSigningKey(tx, services.vault, instance.id, pair, now)
}

function readHeader(line: string): Header {
  const header = parse(line) as Partial<Header> | null
  if (header?.core_export === undefined) throw refuse('The file is no export of an instance.')
  if (header.core_export !== 1) {
    throw refuse('The file was written by a newer release. Import it with that one.')
  }
  if (typeof header.instance !== 'string' || !['sealed', 'absent'].includes(String(header.keys))) {
    throw refuse('The file is no export of an instance.')
  }
  return { core_export: 1, instance: header.instance, keys: header.keys ?? 'absent' }
}

function readFooter(line: string): Footer {
  const footer = parse(line) as Partial<Footer> | null
  if (typeof footer?.sha256 !== 'string' || typeof footer.rows !== 'object') {
    throw refuse('The file has a line that is no row.')
  }
  return { rows: footer.rows, sha256: footer.sha256 }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function refuse(message: string, cause?: unknown): IdentityError {
  return new IdentityError('import-refused', message, { cause })
}
