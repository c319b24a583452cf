/** Keys and tokens that every contestant is given alike. */
import { createPublishableKey } from '@core/protocol'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'

const HOST = 'clerk.example.com'
export const ISSUER = `https://${HOST}`
export const ORIGIN = 'https://app.example.com'
export const SECRET_KEY = 'sk_live_benchmark'
export const PUBLISHABLE_KEY: string = createPublishableKey('production', HOST)

export interface Issuer {
  readonly pem: string
  /** As a member of a key set. */
  readonly jwk: object
  readonly publicKey: CryptoKey
  /** Signs a session token that differs from every other in its session id. */
  issue(serial: number): Promise<string>
}

/** Makes a fresh RS256 key pair and an issuer of version 1 session tokens that live for an hour. */
export async function createIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const now = Math.floor(Date.now() / 1000)
  const kid = 'ins_benchmark'
  return {
    pem: await exportSPKI(publicKey),
    jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' },
    publicKey,
    issue: (serial) =>
      new SignJWT({
        sid: `sess_${serial}`,
        azp: ORIGIN,
        org_id: 'org_1',
        org_role: 'org:admin',
        org_slug: 'acme',
        org_permissions: ['org:invoices:read', 'org:invoices:create'],
        fva: [1, -1],
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
        .setIssuer(ISSUER)
        .setSubject('user_1')
        .setIssuedAt(now)
        .setNotBefore(now - 10)
        .setExpirationTime(now + 3600)
        .sign(privateKey),
  }
}

/** Tokens of which no contestant gets the same one twice. */
export interface TokenPool {
  /** A token that every contestant knows after its first request. */
  readonly seen: string
  /** Returns a source of tokens that this contestant has never seen. */
  unseenBy(contestant: string): () => string
}

/** Signs tokens in advance: signing takes longer than anything that is measured. */
export async function createTokenPool(issuer: Issuer, size: number): Promise<TokenPool> {
  const [seen = '', ...tokens] = await Promise.all(
    Array.from({ length: size + 1 }, (_, serial) => issuer.issue(serial)),
  )
  const given = new Map<string, number>()
  return {
    seen,
    unseenBy: (contestant) => () => {
      const next = given.get(contestant) ?? 0
      given.set(contestant, next + 1)
      const token = tokens[next]
      if (token === undefined) throw new RangeError(`No token is left that is new to ${contestant}`)
      return token
    },
  }
}
