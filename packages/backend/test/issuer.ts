import { type JsonWebKey, type KeyObject, generateKeyPairSync, sign } from 'node:crypto'
import { cookieSuffix, createPublishableKey, type InstanceType, originOfHost } from '@core/protocol'

/** A moment at which tests happen: Unix milliseconds. */
export const NOW = 1_800_000_000_000
/** The same moment in seconds. */
export const SECONDS = NOW / 1000

/** An instance as the identity server has it, with its key, for tests. */
export interface Issuer {
  readonly publishableKey: string
  readonly secretKey: string
  readonly jwtKey: string
  readonly kid: string
  readonly issuer: string
  readonly suffix: string
  readonly jwk: JsonWebKey & { kid: string; alg: string; use: string; kty: string }
  readonly privateKey: KeyObject
  /** Signs anything: claims or raw payload text, under any header. */
  sign(payload: unknown, header?: Record<string, unknown>): string
  /** Signs a session token, good now. */
  session(claims?: Record<string, unknown>, header?: Record<string, unknown>): string
  handshake(directives: unknown, claims?: Record<string, unknown>): string
}

const keys = new Map<string, ReturnType<typeof generateKeyPairSync>>()

/** Creates an instance. Keys are made once per name: making one takes longer than most tests. */
export async function createIssuer(
  given: { name?: string; type?: InstanceType; host?: string; kid?: string } = {},
): Promise<Issuer> {
  const { name = 'a', type = 'production', host = 'clerk.example.com', kid = 'ins_a' } = given
  const pair =
    (keys.get(name) as { publicKey: KeyObject; privateKey: KeyObject } | undefined) ??
    generateKeyPairSync('rsa', { modulusLength: 2048 })
  keys.set(name, pair as never)
  const publishableKey = createPublishableKey(type, host)
  const issuer = originOfHost(host)

  const signAny = (payload: unknown, header: Record<string, unknown> = {}): string => {
    const head = { alg: 'RS256', typ: 'JWT', kid, ...header }
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
    return signSegments(JSON.stringify(head), body, pair.privateKey)
  }
  const session = (
    claims: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
  ): string =>
    signAny(
      {
        iss: issuer,
        sub: 'user_1',
        sid: 'sess_1',
        iat: SECONDS - 5,
        nbf: SECONDS - 15,
        exp: SECONDS + 55,
        azp: 'https://app.example.com',
        ...claims,
      },
      header,
    )
  return {
    publishableKey,
    secretKey: `sk_${type === 'production' ? 'live' : 'test'}_${name}`,
    jwtKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    kid,
    issuer,
    suffix: await cookieSuffix(publishableKey),
    jwk: {
      ...(pair.publicKey.export({ format: 'jwk' }) as JsonWebKey),
      kty: 'RSA',
      kid,
      alg: 'RS256',
      use: 'sig',
    },
    privateKey: pair.privateKey,
    sign: signAny,
    session,
    handshake: (handshake, claims = {}) => signAny({ handshake, ...claims }),
  }
}

/** Signs raw header and payload texts (RS256), well-formed or not. */
export function signSegments(header: string, payload: string | Buffer, key: KeyObject): string {
  const signed = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
}

/** A document request of a browser. */
export function pageRequest(
  path = '/dashboard',
  headers: Record<string, string> = {},
  init: RequestInit = {},
): Request {
  return new Request(new URL(path, 'https://app.example.com'), {
    ...init,
    headers: {
      host: 'app.example.com',
      accept: 'text/html,application/xhtml+xml',
      'sec-fetch-dest': 'document',
      ...headers,
    },
  })
}

/** Writes a `Cookie` header. */
export function cookies(values: Readonly<Record<string, string | number>>): { cookie: string } {
  return {
    cookie: Object.entries(values)
      .map(([name, value]) => `${name}=${value}`)
      .join('; '),
  }
}
