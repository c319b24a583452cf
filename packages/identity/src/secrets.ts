import { createHmac, hash, randomBytes, randomInt } from 'node:crypto'

/** Creates a bearer token of 256 random bits, in base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Creates a code of six random digits. */
export function newCode(): string {
  return randomInt(1_000_000).toString().padStart(6, '0')
}

/** Hashes a random token for storage. Only for tokens with too many bits to try. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url')
}

/**
 * The token that claims what a secret key belongs to. It follows from the key, so that whoever has the key can be
 * told it again; nothing leads from it to the key.
 */
export function claimTokenOf(secretKey: string): string {
  return createHmac('sha256', secretKey).update('claim').digest('base64url')
}

/** Hashes a code for storage, bound to the verification it belongs to. */
export function hashCode(code: string, verificationId: string): string {
  return createHmac('sha256', verificationId).update(code).digest('base64url')
}
