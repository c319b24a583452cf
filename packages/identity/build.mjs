/**
 * Writes the empty database that new data directories start from. Making one from nothing takes seconds,
 * unpacking it a moment.
 */

import { rm, writeFile } from 'node:fs/promises'

const archive = new URL('dist/database/empty.tar.gz', import.meta.url)
await rm(archive, { force: true })

const { openEmbeddedDatabase } = await import('./dist/database/embedded.js')
const handle = await openEmbeddedDatabase(null)
await writeFile(archive, new Uint8Array(await (await handle.dump()).arrayBuffer()))
await handle.close()
