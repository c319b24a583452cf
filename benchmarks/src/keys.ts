/** Keys and tokens that every contestant is given alike. */
import { exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { createPublishableKey } from '@core/protocol'

export const HOST = 'clerk.example.com'
export const ORIGIN = 'https://app.example.com'
export const SECRET_KEY = 'sk_live_benchmark'
export const PUBLISHABLE_KEY: string = createPublishableKey('production', HOST)

export interface Issuer {
  readonly pem: string
  readonly publicKey: CryptoKey
  /** Signs a session token that differs from every other in its session id. */
  issue(serial: number): Promise<string>
}

/** Makes a fresh RS256 key pair and an issuer of version 1 session tokens that live for an hour. */
export async function createIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const now = Math.floor(Date.now() / 1000)
  return {
    pem: await exportSPKI(publicKey),
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
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'ins_benchmark' })
        .setIssuer(`https://${HOST}`)
        .setSubject('user_1')
        .setIssuedAt(now)
        .setNotBefore(now - 10)
        .setExpirationTime(now + 3600)
        .sign(privateKey),
  }
}
