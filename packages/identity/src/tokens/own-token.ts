import { compactVerify, decodeProtectedHeader } from 'jose'

import type { Queryable } from '../database/database.ts'
import type { Instance } from '../instances/instance.ts'
import { findPublicKey } from './signing-key.ts'

/** A token whose signature and issuer are right. Its times and its purpose are for the caller to judge. */
export interface OwnToken {
  /** The class it says it is of: `cat`. */
  readonly category: unknown
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * Verifies that an instance signed a token, with any key that is still published. Returns `null` for
 * everything that it did not sign.
 */
export async function verifyOwnToken(
  db: Queryable,
  instance: Pick<Instance, 'id' | 'origin'>,
  token: string,
): Promise<OwnToken | null> {
  try {
    const header = decodeProtectedHeader(token)
    const key = await findPublicKey(db, instance.id, String(header.kid))
    if (key === null) return null
    const { payload } = await compactVerify(token, key.key, { algorithms: [key.algorithm] })
    const claims = JSON.parse(new TextDecoder().decode(payload)) as OwnToken['claims']
    return claims['iss'] === instance.origin ? { category: header['cat'], claims } : null
  } catch (error) {
    // A database that is away says nothing about the token.
    if (error instanceof Error && isAboutToken(error)) return null
    throw error
  }
}

function isAboutToken(error: Error): boolean {
  return (
    error instanceof SyntaxError ||
    error instanceof TypeError ||
    ('code' in error && String(error.code).startsWith('ERR_J'))
  )
}
