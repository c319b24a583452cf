/** What a crowd of requests, good or bad, costs the identity server, and what its outage costs them. */
import { describe, expect, it } from 'vitest'
import { CONTEXT } from '../../test/authenticate.ts'
import { NOW, createIssuer } from '../../test/issuer.ts'
import { type Answer, type KeyServer, sendJson, startKeyServer } from '../../test/key-server.ts'
import { createAuthenticator } from '../authenticator.ts'
import type { ClerkOptions } from '../options.ts'
import type { RequestState } from '../request/state.ts'

const issuer = await createIssuer()
const stranger = await createIssuer({ name: 'b' })
const { publishableKey, secretKey, jwk } = issuer
const KEYS = sendJson({ keys: [jwk] })

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Good for two days. */
const LIFE = { iat: NOW / SECOND, exp: NOW / SECOND + 48 * 3600 }
// Signing takes longer than all that is measured here.
const TOKENS = Array.from({ length: 100 }, (_, index) =>
  issuer.session({ ...LIFE, sub: `user_${index}` }),
)
const FORGED = stranger.session(LIFE)

interface App {
  readonly server: KeyServer
  readonly clock: { now: number }
  ask(token: string): Promise<RequestState>
  /** Asks with tokens that were never seen, all at once. */
  crowd(tokens: readonly string[]): Promise<ReadonlySet<string | null>>
}

/** Runs an app, whose clock a test moves, beside a real key server. */
async function withApp(
  answer: Answer,
  test: (app: App) => Promise<void>,
  options: ClerkOptions = {},
): Promise<void> {
  await using server = await startKeyServer(answer)
  const clock = { now: NOW }
  const { client } = createAuthenticator(
    { publishableKey, secretKey, apiUrl: server.url, ...options },
    { ...CONTEXT, fetch, now: () => clock.now },
  )
  const ask = (token: string): Promise<RequestState> =>
    client.authenticateRequest(
      new Request('https://app.example.com/', { headers: { authorization: `Bearer ${token}` } }),
    )
  await test({
    server,
    clock,
    ask,
    crowd: async (tokens) =>
      new Set((await Promise.all(tokens.map(ask))).map(({ reason }) => reason)),
  })
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const BODY = encode({ sub: 'user_1', sid: 'sess_1', ...LIFE })
const SIGNATURE = 'AA'

/** Tokens that name so many keys which nobody has. */
function strangers(count: number, from = 0): readonly string[] {
  return Array.from(
    { length: count },
    (_, index) => `${encode({ alg: 'RS256', kid: `kid_${from + index}` })}.${BODY}.${SIGNATURE}`,
  )
}

const NO_KEYS = 'jwk-remote-failed-to-load'

describe('a crowd', () => {
  it('of a hundred first requests makes one fetch', () =>
    withApp(KEYS, async ({ crowd, server }) => {
      expect(await crowd(TOKENS)).toEqual(new Set([null]))
      expect(server.requests).toEqual([`Bearer ${secretKey}`])
    }))

  it(
    'of 100,000 unknown keys makes one fetch per cooldown of ten seconds',
    () =>
      withApp(KEYS, async ({ ask, crowd, clock, server }) => {
        await ask(TOKENS[0] ?? '')
        for (let round = 0; round < 10; round++) {
          for (let part = 0; part < 10; part++) {
            const tokens = strangers(1000, round * 10_000 + part * 1000)
            expect(await crowd(tokens)).toEqual(new Set(['jwk-kid-mismatch']))
            // The whole round takes not quite ten seconds.
            clock.now += 999
          }
          expect(server.requests).toHaveLength(1 + round)
          expect((await ask(TOKENS[round] ?? '')).isSignedIn).toBe(true)
          clock.now += 10
        }
      }),
    60_000,
  )

  it('of 20,000 unknown keys gets no more out of a server that fails', () =>
    withApp(KEYS, async ({ ask, crowd, clock, server }) => {
      await ask(TOKENS[0] ?? '')
      server.answer = sendJson({}, 500)
      for (let round = 1; round <= 10; round++) {
        clock.now += 10 * SECOND
        expect(await crowd(strangers(2000, round * 2000))).toEqual(new Set([NO_KEYS]))
        expect(server.requests).toHaveLength(1 + round)
        expect((await ask(TOKENS[round] ?? '')).isSignedIn).toBe(true)
      }
    }))

  it('makes one fetch a second of a server that has never answered well', () =>
    withApp(sendJson({}, 500), async ({ crowd, clock, server }) => {
      for (let round = 1; round <= 10; round++) {
        expect(await crowd([...strangers(1000, round * 1000), ...TOKENS])).toEqual(
          new Set([NO_KEYS]),
        )
        expect(await crowd(strangers(1000))).toEqual(new Set([NO_KEYS]))
        expect(server.requests).toHaveLength(round)
        clock.now += SECOND
      }
    }))

  it('learns at once that a key is unknown while the server takes its time to fail', () =>
    withApp(KEYS, async ({ ask, clock, server }) => {
      await ask(TOKENS[0] ?? '')
      clock.now += 10 * SECOND
      server.answer = sendJson({}, 500)
      await ask(strangers(1)[0] ?? '')
      server.answer = () => {}
      const times: number[] = []
      for (const token of strangers(20, 1)) {
        const start = performance.now()
        expect((await ask(token)).reason).toBe(NO_KEYS)
        times.push(performance.now() - start)
      }
      // The best of many: other work on the machine must not decide.
      expect(Math.min(...times)).toBeLessThan(50)
      expect(server.requests).toHaveLength(2)
    }))

  it('finds the server again as soon as the cooldown is over', () =>
    withApp(sendJson({}, 500), async ({ crowd, clock, server }) => {
      expect(await crowd(TOKENS)).toEqual(new Set([NO_KEYS]))
      server.answer = KEYS
      clock.now += SECOND - 1
      expect(await crowd(TOKENS)).toEqual(new Set([NO_KEYS]))
      clock.now += 1
      expect(await crowd(TOKENS)).toEqual(new Set([null]))
      expect(server.requests).toHaveLength(2)
    }))
})

describe('an outage of the identity server', () => {
  // oxfmt-ignore
  const OUTAGES: readonly (readonly [string, (server: KeyServer) => Promise<void> | void])[] = [
    ['is gone',            (server) => server.close()],
    ['fails',              (server) => { server.answer = sendJson({ errors: [] }, 500) }],
    ['has too much to do', (server) => { server.answer = sendJson({ errors: [] }, 429) }],
    ['hangs',              (server) => { server.answer = () => {} }],
    ['hangs in the middle', (server) => { server.answer = (_, response) => { response.writeHead(200).write('{"keys":[') } }],
    ['breaks off',         (server) => { server.answer = (request) => { request.socket.destroy() } }],
    ['shows a page',       (server) => { server.answer = (_, response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Soon back</h1>') } }],
    ['sends people away',  (server) => { server.answer = (_, response) => { response.writeHead(302, { location: `${server.url}/elsewhere` }).end() } }],
    ['has no keys',        (server) => { server.answer = sendJson({ keys: [] }) }],
  ]

  it.each(OUTAGES)('that %s signs nobody out for a day, and lets nobody in', (_, begin) =>
    withApp(KEYS, async ({ ask, clock, server }) => {
      const keysAt = async (time: number, token: string): Promise<unknown> => {
        clock.now = NOW + time
        const state = await ask(token)
        return state.isSignedIn ? state.toAuth()?.debug()['keys'] : state.reason
      }
      expect(await keysAt(0, TOKENS[0] ?? '')).toBe('fresh')
      await begin(server)

      const start = performance.now()
      for (let minute = 0; minute < 60; minute++) {
        const token = TOKENS[minute + 1] ?? ''
        const expected = minute < 5 ? 'fresh' : 'stale'
        expect([minute, await keysAt(minute * MINUTE, token)]).toEqual([minute, expected])
        // Nobody saw this token before; and this one is seen for the second time.
        expect(await keysAt(minute * MINUTE, TOKENS[minute] ?? '')).toBe(expected)
        expect(await keysAt(minute * MINUTE, FORGED)).toBe('token-invalid-signature')
      }
      // Nobody waits for a server that hangs, but for the first who find out.
      expect(performance.now() - start).toBeLessThan(3000)
      expect(server.requests.length).toBeLessThanOrEqual(1 + 55)

      expect(await keysAt(24 * HOUR, TOKENS[70] ?? '')).toBe('stale')
      server.hangUp()
      expect(await keysAt(24 * HOUR + 1, TOKENS[71] ?? '')).toBe(NO_KEYS)
    }),
  )

  it('that is over is over for everybody', () =>
    withApp(KEYS, async ({ ask, clock, server }) => {
      await ask(TOKENS[0] ?? '')
      server.answer = sendJson({}, 500)
      clock.now += HOUR
      expect((await ask(TOKENS[1] ?? '')).toAuth()?.debug()).toMatchObject({ keys: 'stale' })
      server.answer = KEYS
      clock.now += SECOND
      // The first who comes does not wait for it.
      expect((await ask(TOKENS[2] ?? '')).isSignedIn).toBe(true)
      await expect
        .poll(async () => (await ask(TOKENS[3] ?? '')).toAuth()?.debug()['keys'])
        .toBe('fresh')
    }))
})

it('fetches for every request where nothing may be kept', () =>
  withApp(
    KEYS,
    async ({ ask, server }) => {
      for (let count = 1; count <= 20; count++) {
        expect((await ask(TOKENS[0] ?? '')).isSignedIn).toBe(true)
        expect(server.requests).toHaveLength(count)
      }
      server.answer = sendJson({ keys: [{ ...jwk, kid: 'ins_new' }] })
      expect((await ask(TOKENS[0] ?? '')).reason).toBe('jwk-kid-mismatch')
    },
    { skipJwksCache: true },
  ))
