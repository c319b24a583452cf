/**
 * Room on the disk for the embedded database. Its log grows by 16 megabytes at a time; where the disk is full
 * just then, the engine does not fail but spins for ever, and with it the whole process. So nothing is begun
 * without room for a few such steps: what would have filled the disk is refused as an outage.
 */

import { statfsSync } from 'node:fs'

import type { PGlite } from '@electric-sql/pglite'

/** What has to be free before anything is begun. */
export const RESERVED_BYTES: number = 64 * 1024 * 1024

/** Tells how many bytes are free for the database. */
export type FreeSpace = () => number

/** Asks the file system of a directory. It answers in microseconds, so that every statement can ask. */
export function freeSpaceOf(directory: string): FreeSpace {
  return () => {
    const { bavail, bsize } = statfsSync(directory)
    return bavail * bsize
  }
}

/** Tells whether there is room to begin anything. */
export function hasRoom(freeSpace: FreeSpace): boolean {
  return freeSpace() >= RESERVED_BYTES
}

/** Lets an engine begin nothing while there is no room. Transactions that have begun go on to their end. */
export function refuseWithoutRoom(client: PGlite, freeSpace: FreeSpace): void {
  const refuse = (): void => {
    // PostgreSQL's own code for a full disk: what understands a server's errors understands this one.
    if (!hasRoom(freeSpace)) throw Object.assign(new Error('The disk is full.'), { code: '53100' })
  }
  const { query, transaction } = client
  client.query = async (...args) => {
    refuse()
    return query.apply(client, args) as never
  }
  client.transaction = async (work) => {
    refuse()
    return transaction.call(client, work as never) as never
  }
}
