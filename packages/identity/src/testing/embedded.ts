/** Makes the empty embedded database before the tests begin: on a busy machine it takes longer than a test may. */

import { testArchive } from './archive.ts'

/** Called by Vitest. */
export async function setup(): Promise<void> {
  await testArchive()
}
