import { createPublicKey, type JsonWebKey } from 'node:crypto'

import { expect } from 'vitest'

import { ORIGIN } from '../page.ts'
import type { Case, SignedIn, World } from './world.ts'

/** `authenticateRequest` and `verifyToken`, with the tokens that the server hands out. */
export const requests: readonly Case[] = [
  {
    title: 'lets a request in by the token in its header or its cookie',
    run: async (world) => {
      const { id: userId } = await world.createUser()
      const signedIn = await world.signIn(userId)
      const expected = { userId, sessionId: signedIn.sessionId }
      const byHeader = await authenticate(world, { authorization: `Bearer ${signedIn.jwt}` })
      expect(byHeader.toAuth()).toMatchObject(expected)
      const byCookie = await authenticate(world, { cookie: cookieOf(signedIn) })
      expect(byCookie.toAuth()).toMatchObject(expected)
      const token = byCookie.toAuth()
      expect(token !== null && 'getToken' in token ? await token.getToken() : null).toBe(
        signedIn.jwt,
      )
    },
  },
  {
    title: 'lets nobody in without a token, or with one that was changed',
    run: async (world) => {
      const { jwt } = await world.signIn((await world.createUser()).id)
      const nobody = await authenticate(world, { accept: 'application/json' })
      expect([nobody.status, nobody.toAuth()]).toMatchObject(['signed-out', { userId: null }])
      const forged = jwt.replace(/\.[^.]+$/, `.${'A'.repeat(342)}`)
      const refused = await authenticate(world, { authorization: `Bearer ${forged}` })
      expect([refused.status, refused.reason]).toEqual(['signed-out', 'token-invalid-signature'])
    },
  },
  {
    title: 'goes through a handshake where a page has no session token, and comes back signed in',
    run: async (world) => {
      const { id: userId } = await world.createUser()
      const { devBrowser } = await world.signIn(userId)
      const uat = Math.floor(Date.now() / 1000)
      const state = await authenticate(world, {
        ...PAGE,
        cookie: `__client_uat=${uat}; __clerk_db_jwt=${devBrowser}`,
      })
      expect(state.status).toBe('handshake')
      // To a loopback host the older version writes https all the same.
      const there = new URL(state.headers.get('location') ?? '')
      there.protocol = 'http:'
      const answer = await fetch(there, { redirect: 'manual' })
      expect(answer.status).toBe(307)
      const back = new URL(answer.headers.get('location') ?? '')
      expect(back.origin).toBe(ORIGIN)
      const returned = await authenticate(
        world,
        { ...PAGE, cookie: `__client_uat=${uat}; __clerk_db_jwt=${devBrowser}` },
        `${back.pathname}${back.search}`,
      )
      // In development the answer strips the address once more; its cookies sign the browser in.
      const cookie = cookiesOf(returned.headers.getSetCookie())
      const settled = await authenticate(world, { ...PAGE, cookie })
      expect(settled.toAuth()).toMatchObject({ userId })
    },
  },
  {
    title: 'fetches what a handshake hands over, once',
    since: 3,
    run: async (world) => {
      const { devBrowser } = await world.signIn((await world.createUser()).id)
      const nonce = await shakeHands(world, devBrowser, 'format=nonce&suffixed_cookies=true')
      const { directives } = await world.client.clients.getHandshakePayload({ nonce })
      expect(directives).toContainEqual(expect.stringMatching(/^__session=ey/))
      await expect(world.client.clients.getHandshakePayload({ nonce })).rejects.toMatchObject({
        status: 404,
      })
    },
  },
  {
    title: 'renews an expired session token without sending the browser anywhere',
    run: async (world) => {
      const { id: userId } = await world.createUser()
      world.behindMs = 120_000
      const { devBrowser } = await world.signIn(userId)
      const [, payload = ''] = (await shakeHands(world, devBrowser)).split('.')
      world.behindMs = 0
      const { handshake } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
        handshake: string[]
      }
      const renewed = await authenticate(world, { ...PAGE, cookie: cookiesOf(handshake) })
      expect(renewed.toAuth()).toMatchObject({ userId })
      const given = renewed.headers.getSetCookie()
      expect(given).toContainEqual(expect.stringMatching(/^__session=ey/))
      expect(given).toContainEqual(expect.stringMatching(/^__refresh_/))
    },
  },
  {
    title: 'verifies tokens with a public key, without the network',
    run: async (world) => {
      const { id: userId } = await world.createUser()
      const { jwt, sessionId } = await world.signIn(userId)
      const jwtKey = await publicKeyOf(world)
      expect(await world.sdk.verifyToken(jwt, { jwtKey })).toMatchObject({
        sub: userId,
        sid: sessionId,
        iss: world.keys.apiUrl,
      })
      await expect(
        world.sdk.verifyToken(jwt, { jwtKey, authorizedParties: ['https://elsewhere.example'] }),
      ).rejects.toMatchObject({ reason: 'token-invalid-authorized-parties' })
    },
  },
  {
    title: 'verifies tokens with the keys that the server publishes',
    run: async (world) => {
      const { id: userId } = await world.createUser()
      const { jwt } = await world.signIn(userId)
      const { secretKey, apiUrl } = world.keys
      expect(await world.sdk.verifyToken(jwt, { secretKey, apiUrl })).toMatchObject({
        sub: userId,
        azp: ORIGIN,
      })
      await expect(
        world.sdk.verifyToken(jwt, { secretKey: 'sk_test_wrong', apiUrl, skipJwksCache: true }),
      ).rejects.toMatchObject({ reason: 'secret-key-invalid' })
    },
  },
  {
    title: 'says that a secret key is wrong',
    run: async (world) => {
      const stranger = world.sdk.createClerkClient({
        secretKey: 'sk_test_wrong',
        apiUrl: world.keys.apiUrl,
        telemetry: { disabled: true },
      })
      await expect(stranger.users.getCount()).rejects.toMatchObject({
        status: 401,
        errors: [{ code: 'clerk_key_invalid' }],
      })
    },
  },
]

const PAGE = { accept: 'text/html', 'sec-fetch-dest': 'document' }

const cookieOf = ({ jwt, devBrowser }: SignedIn): string =>
  `__session=${jwt}; __client_uat=1; __clerk_db_jwt=${devBrowser}`

const cookiesOf = (lines: readonly string[]): string =>
  lines.map((line) => line.split(';')[0]).join('; ')

/** Sends a browser to the server and returns what it comes back with. */
async function shakeHands({ keys }: World, devBrowser: string, query = ''): Promise<string> {
  const answer = await fetch(
    `${keys.apiUrl}/v1/client/handshake?redirect_url=${ORIGIN}/&__clerk_db_jwt=${devBrowser}&${query}`,
    { redirect: 'manual' },
  )
  const { searchParams } = new URL(answer.headers.get('location') ?? '')
  return searchParams.get('__clerk_handshake_nonce') ?? searchParams.get('__clerk_handshake') ?? ''
}

function authenticate({ client }: World, headers: Record<string, string>, path = '/') {
  return client.authenticateRequest(new Request(`${ORIGIN}${path}`, { headers }))
}

async function publicKeyOf({ keys }: World): Promise<string> {
  const response = await fetch(`${keys.apiUrl}/.well-known/jwks.json`)
  const { keys: published } = (await response.json()) as { keys: JsonWebKey[] }
  return createPublicKey({ key: published[0] ?? {}, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString()
}
