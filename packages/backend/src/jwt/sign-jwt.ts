import { type JWK, SignJWT, importJWK, importPKCS8 } from 'jose'
import { SignJWTError } from './sign-jwt-error.ts'

/** Options of {@link signJwt}. */
export interface SignJwtOptions {
  /** Algorithm of the key. */
  readonly algorithm: 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'EdDSA'
  /** More members of the header, such as `kid`. */
  readonly header?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Signs claims as a compact JSON Web Token. `iat` is now, unless the claims have one.
 *
 * @param key Private key: PEM (PKCS #8), or a JSON Web Key.
 * @throws {SignJWTError} if the key cannot be used with the algorithm.
 */
export async function signJwt(
  payload: Readonly<Record<string, unknown>>,
  key: string | Readonly<Record<string, unknown>>,
  options: SignJwtOptions,
): Promise<string> {
  const { algorithm, header } = options
  try {
    const own =
      typeof key === 'string'
        ? await importPKCS8(key, algorithm)
        : await importJWK(key as JWK, algorithm)
    return await new SignJWT({ iat: Math.floor(Date.now() / 1000), ...payload })
      .setProtectedHeader({ typ: 'JWT', ...header, alg: algorithm })
      .sign(own)
  } catch (cause) {
    throw new SignJWTError(
      'The token could not be signed. Check that the key is a private one, of the algorithm that is asked for.',
      { cause },
    )
  }
}
