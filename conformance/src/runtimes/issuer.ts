/** An instance as the identity server has it, made with WebCrypto alone: it signs on every runtime. */
import { createPublishableKey, originOfHost } from '@core/protocol'

const HOST = 'clerk.example.com'

export const PUBLISHABLE_KEY: string = createPublishableKey('production', HOST)
export const ORIGIN = 'https://app.example.com'

const ALGORITHMS = {
  RS256: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  ES256: { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' },
  EdDSA: { name: 'Ed25519' },
} as const

export type Algorithm = keyof typeof ALGORITHMS

export interface Issuer {
  /** Public key in PEM. */
  readonly jwtKey: string
  /** Public key as a member of a key set. */
  readonly jwk: object
  /** Signs a session token that is good now. */
  session(claims?: Readonly<Record<string, unknown>>): Promise<string>
}

const known = new Map<Algorithm, Promise<Issuer>>()

/** Returns an issuer of version 1 session tokens. Its keys are made once: that takes longest. */
export function issuerOf(algorithm: Algorithm): Promise<Issuer> {
  const issuer = known.get(algorithm) ?? createIssuer(algorithm)
  known.set(algorithm, issuer)
  return issuer
}

async function createIssuer(algorithm: Algorithm): Promise<Issuer> {
  const parameters = ALGORITHMS[algorithm]
  const pair = await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
  const { privateKey, publicKey } = pair as CryptoKeyPair
  const kid = `ins_${algorithm}`
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey))
  const { kty, crv, x, y, n, e } = await crypto.subtle.exportKey('jwk', publicKey)
  return {
    jwtKey: `-----BEGIN PUBLIC KEY-----\n${toBase64(spki)}\n-----END PUBLIC KEY-----`,
    jwk: { kty, crv, x, y, n, e, kid, alg: algorithm, use: 'sig' },
    async session(claims = {}) {
      const now = Math.floor(Date.now() / 1000)
      const header = { alg: algorithm, typ: 'JWT', kid }
      const payload = {
        iss: originOfHost(HOST),
        sub: 'user_1',
        sid: 'sess_1',
        azp: ORIGIN,
        iat: now - 5,
        nbf: now - 15,
        exp: now + 55,
        ...claims,
      }
      const signed = `${encode(header)}.${encode(payload)}`
      const bytes = new TextEncoder().encode(signed)
      const signature = await crypto.subtle.sign(parameters, privateKey, bytes)
      return `${signed}.${toBase64Url(new Uint8Array(signature))}`
    },
  }
}

/** Exchanges claims of a token and leaves its signature as it was. */
export function tamper(token: string, claims: Readonly<Record<string, unknown>>): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const own = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as object
  return [header, encode({ ...own, ...claims }), signature].join('.')
}

function encode(value: object): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify(value)))
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
