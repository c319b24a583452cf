/** An identity server in the process of a suite. Its database is unpacked: making one from nothing takes seconds. */
import { openEmbeddedDatabase } from '../../../packages/identity/src/database/embedded.ts'
import { assembleIdentity, type Identity } from '../../../packages/identity/src/identity.ts'
import type { IdentityOptions } from '../../../packages/identity/src/open.ts'
import { testArchive } from '../../../packages/identity/src/testing/archive.ts'
import { cheapPasswords } from '../../../packages/identity/src/testing/assembly.ts'

/** Opens a server that keeps everything in memory, and hashes passwords at hardly any cost. */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const database = await openEmbeddedDatabase(null, await testArchive())
  return assembleIdentity(database, null, { passwords: cheapPasswords, ...options })
}
