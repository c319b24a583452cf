/** What `authenticateRequest` costs, beside its peer and beside the floor: constructing the `Request`. */
import {
  OURS,
  PEER,
  PORTABLE,
  REQUEST,
  WEB_CRYPTO,
  ours,
  peer,
  portable,
  requestAlone,
  webCrypto,
} from './contestants.ts'
import type { Figure, Findings } from './figures.ts'
import { type Issuer, ORIGIN, type TokenPool } from './keys.ts'
import { type Contestant, race, ratioOf } from './race.ts'
import { toRaceTable } from './race-table.ts'

/** A race, and what is read off it. */
interface Scenario {
  readonly title: string
  readonly isFresh?: boolean
  readonly largestBatch?: number
  readonly contestants: readonly Contestant[]
  /** How many times as long as `to` takes `of`? */
  readonly ratios: readonly Ratio[]
}

interface Ratio {
  readonly what: string
  readonly of: string
  readonly to: string
  readonly budget: Figure['budget']
}

const CARRIERS = {
  cookie: (token: string): Request =>
    new Request(`${ORIGIN}/dashboard`, {
      headers: {
        cookie: `theme=dark; __client_uat=1; __session=${token}`,
        accept: 'application/json',
      },
    }),
  header: (token: string): Request =>
    new Request(`${ORIGIN}/api/me`, { headers: { authorization: `Bearer ${token}` } }),
} as const

const page = (cookie: string): Request =>
  new Request(`${ORIGIN}/dashboard`, {
    headers: { cookie, accept: 'text/html', 'sec-fetch-dest': 'document' },
  })

export async function measureRequests(
  issuer: Issuer,
  pool: TokenPool,
  timeMs: number,
  announce: (title: string) => void,
): Promise<Findings> {
  const figures: Figure[] = []
  const tables: Findings['tables'][number][] = []
  const scenarios = await scenariosOf(issuer, pool)
  // A lap that does not count: whoever came first would run code that the others help to optimize.
  announce('warming up')
  for (const { isFresh, contestants, ratios: _, ...options } of scenarios) {
    if (isFresh !== true) await race(contestants, { timeMs: timeMs / 3, ...options })
  }
  for (const scenario of scenarios) {
    announce(scenario.title)
    const { title, contestants, ratios, ...options } = scenario
    const times = await race(contestants, { timeMs, ...options })
    for (const { what, of, to, budget } of ratios) {
      figures.push({ what, value: ratioOf(times, of, to), unit: '×', budget })
    }
    tables.push(toRaceTable(title, times, OURS))
  }
  return { figures, tables }
}

const nothing = (): null => null
const signedOut = (): Request => page('theme=dark')
const toHandshake = (): Request => page('theme=dark; __client_uat=1')

async function scenariosOf(issuer: Issuer, pool: TokenPool): Promise<readonly Scenario[]> {
  const withToken: Scenario[] = []
  for (const [carrier, make] of Object.entries(CARRIERS)) {
    withToken.push(
      seenBefore(carrier, make, issuer, pool),
      seenBeforeAlone(carrier, make, issuer, pool),
      await neverSeen(carrier, make, issuer, pool),
    )
  }
  return [
    ...withToken,
    {
      title: 'signed out',
      contestants: [
        ours(issuer).from(nothing, signedOut, 'signed-out'),
        peer(issuer).from(nothing, signedOut, 'signed-out'),
        requestAlone(nothing, signedOut),
      ],
      ratios: [faster('signed out', null), costs('signed out', OURS, REQUEST, 1.6)],
    },
    {
      title: 'handshake',
      contestants: [
        ours(issuer).from(nothing, toHandshake, 'handshake'),
        peer(issuer).from(nothing, toHandshake, 'handshake'),
        requestAlone(nothing, toHandshake),
      ],
      ratios: [faster('handshake', null)],
    },
  ]
}

type Make = (token: string) => Request

function seenBefore(carrier: string, make: Make, issuer: Issuer, { seen }: TokenPool): Scenario {
  const title = `${carrier}, token seen before`
  const token = (): string => seen
  return {
    title,
    contestants: [
      ours(issuer).from(token, make, 'signed-in'),
      peer(issuer).from(token, make, 'signed-in'),
      requestAlone(token, make),
    ],
    ratios: [faster(title, 45), costs(title, OURS, REQUEST, 1.6)],
  }
}

function seenBeforeAlone(
  carrier: string,
  make: Make,
  issuer: Issuer,
  { seen }: TokenPool,
): Scenario {
  const title = `${carrier}, token seen before, Request not counted`
  const request = (): Request => make(seen)
  return {
    title,
    largestBatch: 100,
    contestants: [ours(issuer).of(request, 'signed-in'), peer(issuer).of(request, 'signed-in')],
    ratios: [faster(title, 100)],
  }
}

async function neverSeen(
  carrier: string,
  make: Make,
  issuer: Issuer,
  pool: TokenPool,
): Promise<Scenario> {
  const title = `${carrier}, token never seen`
  const fresh = (name: string): (() => string) => pool.unseenBy(name)
  return {
    title,
    isFresh: true,
    contestants: [
      ours(issuer).from(fresh(OURS), make, 'signed-in'),
      (await portable(issuer, pool.seen)).from(fresh(PORTABLE), make, 'signed-in'),
      peer(issuer).from(fresh(PEER), make, 'signed-in'),
      webCrypto(issuer, fresh(WEB_CRYPTO)),
      requestAlone(fresh(REQUEST), make),
    ],
    ratios: [
      faster(title, 8),
      costs(title, OURS, WEB_CRYPTO, 1.5),
      costs(`${title}, without node:crypto`, PORTABLE, WEB_CRYPTO, 2),
    ],
  }
}

function faster(title: string, atLeast: number | null): Ratio {
  const budget = atLeast === null ? null : { atLeast }
  return { what: `${title}: faster than ${PEER}`, of: PEER, to: OURS, budget }
}

function costs(title: string, of: string, to: string, atMost: number): Ratio {
  return { what: `${title}: cost of ${to}`, of, to, budget: { atMost } }
}
