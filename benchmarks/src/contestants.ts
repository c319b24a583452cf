/** Who takes part: ourselves, the libraries that one could use instead, and the floor below all of them. */
import { createPublicKey, verify as verifyNatively } from 'node:crypto'

import { createClerkClient as createPeer, verifyToken as verifyWithPeer } from '@clerk/backend'
import { createClerkClient, verifyToken } from '@core/backend'
import { createVerifier } from 'fast-jwt'
import { jwtVerify } from 'jose'

import { ISSUER, type Issuer, ORIGIN, PUBLISHABLE_KEY, SECRET_KEY } from './keys.ts'
import { type Contestant, contestant } from './race.ts'

/** Their names, which the tables show. */
export const OURS = '@core/backend'
export const PORTABLE = '@core/backend without node:crypto'
export const PEER = '@clerk/backend'
export const REQUEST = 'new Request()'
export const WEB_CRYPTO = 'bare verify, WebCrypto'
export const NODE_CRYPTO = 'bare verify, node:crypto'

type Status = 'signed-in' | 'signed-out' | 'handshake'

interface State {
  readonly status: string
}

/** Authenticates requests. Each race gets a client of its own, which has seen no token. */
export interface RequestContestants {
  /** `make` is timed with the rest. */
  from<Item>(item: () => Item, make: (item: Item) => Request, status: Status): Contestant
  /** The requests are there already. */
  of(make: () => Request, status: Status): Contestant
}

function withClient(
  name: string,
  client: { authenticateRequest(request: Request): Promise<State> },
): RequestContestants {
  return {
    from: (item, make, status) =>
      contestant(
        name,
        item,
        (value) => client.authenticateRequest(make(value)),
        (state) => state.status === status,
      ),
    of: (make, status) =>
      contestant(
        name,
        make,
        (request) => client.authenticateRequest(request),
        (state) => state.status === status,
      ),
  }
}

export function ours({ pem }: Issuer): RequestContestants {
  return withClient(OURS, createClerkClient({ ...INSTANCE, jwtKey: pem }))
}

export function peer({ pem }: Issuer): RequestContestants {
  const telemetry = { disabled: true }
  return withClient(PEER, createPeer({ ...INSTANCE, jwtKey: pem, telemetry }))
}

/** Ourselves on a runtime without `node:crypto`: the key is imported as it would be there. */
export async function portable({ pem }: Issuer, token: string): Promise<RequestContestants> {
  const client = createClerkClient({ ...INSTANCE, jwtKey: pem })
  const { getBuiltinModule } = process
  process.getBuiltinModule = (() => undefined) as typeof getBuiltinModule
  try {
    const headers = { authorization: `Bearer ${token}` }
    await client.authenticateRequest(new Request(ORIGIN, { headers }))
  } finally {
    process.getBuiltinModule = getBuiltinModule
  }
  return withClient(PORTABLE, client)
}

/** Makes the requests and does nothing with them. */
export function requestAlone<Item>(item: () => Item, make: (item: Item) => Request): Contestant {
  return contestant(REQUEST, item, make, (request) => request.method === 'GET')
}

/** Verifies the signature and nothing else. */
export function webCrypto({ publicKey }: Issuer, token: () => string): Contestant {
  return contestant(
    WEB_CRYPTO,
    token,
    (text) => {
      const { signed, signature } = split(text)
      return crypto.subtle.verify('RSASSA-PKCS1-v1_5', publicKey, signature, signed)
    },
    (isSigned) => isSigned,
  )
}

/** The same with the crypto of Node, which does not leave the thread. */
export function nodeCrypto({ pem }: Issuer, token: () => string): Contestant {
  const key = createPublicKey(pem)
  return contestant(
    NODE_CRYPTO,
    token,
    (text) => {
      const { signed, signature } = split(text)
      return verifyNatively('sha256', signed, key, signature)
    },
    (isSigned) => isSigned,
  )
}

/** Everybody who verifies a token: signature, time and issuer. */
export function verifiers(
  { pem, publicKey }: Issuer,
  tokens: (name: string) => () => string,
): readonly Contestant[] {
  const one = (name: string, verify: (token: string) => unknown | Promise<unknown>): Contestant =>
    contestant(name, tokens(name), verify, isOfUser)
  const rules = { algorithms: ['RS256' as const], allowedIss: ISSUER }
  const fast = createVerifier({ ...rules, key: pem, cache: false })
  const cached = createVerifier({ ...rules, key: pem, cache: 10_000 })
  const asynchronous = createVerifier({ ...rules, key: async () => pem, cache: false })
  return [
    one(OURS, (token) => verifyToken(token, { jwtKey: pem, publishableKey: PUBLISHABLE_KEY })),
    one(PEER, (token) => verifyWithPeer(token, { jwtKey: pem })),
    one('jose', async (token) => (await jwtVerify(token, publicKey, { issuer: ISSUER })).payload),
    one('fast-jwt', fast),
    one('fast-jwt with its cache', cached),
    one('fast-jwt with an asynchronous key', asynchronous),
  ]
}

function isOfUser(claims: unknown): boolean {
  return (claims as { readonly sub?: unknown }).sub === 'user_1'
}

const INSTANCE = { publishableKey: PUBLISHABLE_KEY, secretKey: SECRET_KEY }

const encoder = new TextEncoder()

function split(token: string): { signed: Uint8Array<ArrayBuffer>; signature: Buffer<ArrayBuffer> } {
  const dot = token.lastIndexOf('.')
  return {
    signed: encoder.encode(token.slice(0, dot)),
    signature: Buffer.from(token.slice(dot + 1), 'base64url'),
  }
}
