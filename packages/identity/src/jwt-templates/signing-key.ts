/** Keys that a template brings for itself: the service that reads its tokens knows no other. */

import { SignJWT, importPKCS8, type CryptoKey } from 'jose'

import { paramError } from '../http/errors.ts'

/** A key of a template, as it is stored. */
export interface TemplateKey {
  readonly algorithm: string
  /** A secret as it is, or a private key in PEM (PKCS #8). */
  readonly text: string
}

/** What a template can sign with. A secret must be as long as the hash, in bytes (RFC 7518, section 3.2). */
const ALGORITHMS: Readonly<Record<string, { readonly secretBytes: number | null }>> = {
  HS256: { secretBytes: 32 },
  HS384: { secretBytes: 48 },
  HS512: { secretBytes: 64 },
  RS256: { secretBytes: null },
  RS384: { secretBytes: null },
  RS512: { secretBytes: null },
  ES256: { secretBytes: null },
  ES384: { secretBytes: null },
}

/**
 * Imports a key for signing.
 *
 * @throws {ApiError} `form_param_value_invalid` for an unknown algorithm, `form_param_format_invalid` for
 * a key that is too short or of another kind
 */
export async function importTemplateKey({
  algorithm,
  text,
}: TemplateKey): Promise<CryptoKey | Uint8Array> {
  const known = Object.hasOwn(ALGORITHMS, algorithm) ? ALGORITHMS[algorithm] : undefined
  if (known === undefined) throw paramError('form_param_value_invalid', 'signing_algorithm')
  if (known.secretBytes !== null) {
    const secret = new TextEncoder().encode(text)
    if (secret.length < known.secretBytes) {
      throw paramError('form_param_format_invalid', 'signing_key')
    }
    return secret
  }
  try {
    return await importPKCS8(text, algorithm)
  } catch {
    throw paramError('form_param_format_invalid', 'signing_key')
  }
}

/**
 * Checks a key by signing with it: a curve or a size that does not fit shows only then.
 *
 * @throws {ApiError} as {@link importTemplateKey}
 */
export async function checkTemplateKey(key: TemplateKey): Promise<void> {
  const imported = await importTemplateKey(key)
  try {
    await new SignJWT().setProtectedHeader({ alg: key.algorithm }).sign(imported)
  } catch {
    throw paramError('form_param_format_invalid', 'signing_key')
  }
}
