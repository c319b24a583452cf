/** An empty embedded database that the first run of the tests keeps, because making one takes seconds. */

import { createHash } from 'node:crypto'
import { readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { openEmbeddedDatabase } from '../database/embedded.ts'

const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url))

/** The archive that embedded databases of tests start from. */
export async function testArchive(): Promise<Blob> {
  const path = await archivePath()
  const kept = await readFile(path).catch(() => null)
  if (kept !== null) return new Blob([new Uint8Array(kept)], { type: 'application/x-tar' })
  const fresh = await openEmbeddedDatabase(null)
  // Unpacking would be half of the time that opening takes.
  const archive = await fresh.dump('none')
  await fresh.close()
  // Written beside and renamed: several test files do this at once.
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  await writeFile(draft, new Uint8Array(await archive.arrayBuffer()), { mode: 0o600 })
  await rename(draft, path)
  return archive
}

/** A name that changes with the engine and the migrations. */
async function archivePath(): Promise<string> {
  const hash = createHash('sha256')
  hash.update(createRequire(import.meta.url).resolve('@electric-sql/pglite'))
  for (const name of (await readdir(MIGRATIONS)).toSorted()) {
    if (name.endsWith('.sql')) hash.update(name).update(await readFile(join(MIGRATIONS, name)))
  }
  return join(tmpdir(), `core-identity-${process.getuid?.() ?? 0}-${hash.digest('hex')}.tar`)
}
