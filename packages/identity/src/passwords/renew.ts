/** Digests that came from elsewhere, replaced by ours as soon as somebody brings their password. */

import { and, eq } from 'drizzle-orm'

import type { Transaction } from '../database/database.ts'
import { users } from '../database/schema.ts'
import { ApiError } from '../http/errors.ts'
import { isForeign } from './foreign/hashers.ts'
import type { PasswordHasher } from './hasher.ts'

/**
 * Hashes a password anew that was right.
 *
 * @returns `null` if the digest is ours already, or there is too much to do now: the next sign-in will do it
 */
export async function renewDigest(
  passwords: PasswordHasher,
  digest: string,
  password: string,
): Promise<string | null> {
  if (!isForeign(digest)) return null
  try {
    return await passwords.hash(password)
  } catch (error) {
    if (error instanceof ApiError && error.code === 'service_busy') return null
    throw error
  }
}

/** Puts the new digest in the place of the one it was made for, and of no other. */
export async function replaceDigest(
  tx: Transaction,
  user: { readonly id: string; readonly instanceId: string },
  { digest, successor }: { readonly digest: string; readonly successor: string | null },
): Promise<void> {
  if (successor === null) return
  await tx
    .update(users)
    .set({ passwordDigest: successor })
    .where(
      and(
        eq(users.id, user.id),
        eq(users.instanceId, user.instanceId),
        eq(users.passwordDigest, digest),
      ),
    )
}
