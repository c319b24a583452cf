/**
 * What `authenticateRequest` costs, beside its peer from npm and beside the floor: constructing the
 * `Request`, and one bare verification of the signature. All in one run; the ratios count, the times do not.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'

import { createClerkClient as createPeer } from '@clerk/backend'
import { createClerkClient } from '@core/backend'
import { Bench } from 'tinybench'

import { createIssuer, ORIGIN, PUBLISHABLE_KEY, SECRET_KEY } from './keys.ts'

const { values } = parseArgs({ options: { time: { type: 'string', default: '1500' } } })
const defaultMs = Number(values.time)

const issuer = await createIssuer()
const keys = { publishableKey: PUBLISHABLE_KEY, secretKey: SECRET_KEY, jwtKey: issuer.pem }
const ours = createClerkClient(keys)
const peer = createPeer({ ...keys, telemetry: { disabled: true } })

const seen = await issuer.issue(0)
// Enough tokens that no contestant meets one twice in the time that a race for them takes.
const UNSEEN = 12_000
const UNSEEN_MS = 400
console.log(`Signing ${UNSEEN} tokens …`)
const unseen = await Promise.all(Array.from({ length: UNSEEN }, (_, i) => issuer.issue(i + 1)))

const cookieRequest = (token: string): Request =>
  new Request(`${ORIGIN}/dashboard`, {
    headers: {
      cookie: `theme=dark; __client_uat=1; __session=${token}`,
      accept: 'application/json',
    },
  })
const headerRequest = (token: string): Request =>
  new Request(`${ORIGIN}/api/me`, { headers: { authorization: `Bearer ${token}` } })

type Contestant = 'request' | 'ours' | 'peer' | 'verify'

/** One table row: what is measured, and the contestants by name. */
interface Scenario {
  readonly title: string
  readonly timeMs?: number
  readonly contestants: Readonly<Partial<Record<Contestant, () => Promise<unknown>>>>
}

/** Hands out the next token nobody has seen, to each contestant from a list of its own. */
function fresh(): () => string {
  let next = 0
  return () => unseen[next++ % UNSEEN] ?? seen
}

const scenarios: readonly Scenario[] = [
  ...(['cookie', 'header'] as const).flatMap((carrier): Scenario[] => {
    const make = carrier === 'cookie' ? cookieRequest : headerRequest
    const [a, b, c] = [fresh(), fresh(), fresh()]
    return [
      {
        title: `${carrier}, token seen before`,
        contestants: {
          request: async () => make(seen),
          ours: () => ours.authenticateRequest(make(seen)),
          peer: () => peer.authenticateRequest(make(seen)),
          verify: () => bareVerify(seen),
        },
      },
      {
        title: `${carrier}, token never seen`,
        timeMs: UNSEEN_MS,
        contestants: {
          request: async () => make(a()),
          ours: () => ours.authenticateRequest(make(b())),
          peer: () => peer.authenticateRequest(make(c())),
          verify: () => bareVerify(c()),
        },
      },
    ]
  }),
  {
    title: 'signed out',
    contestants: {
      request: async () => new Request(`${ORIGIN}/`, { headers: { cookie: 'theme=dark' } }),
      ours: () =>
        ours.authenticateRequest(new Request(`${ORIGIN}/`, { headers: { cookie: 'theme=dark' } })),
      peer: () =>
        peer.authenticateRequest(new Request(`${ORIGIN}/`, { headers: { cookie: 'theme=dark' } })),
    },
  },
]

await refuseToMeasureFailures()

const rows: Row[] = []
for (const { title, contestants, timeMs = defaultMs } of scenarios) {
  console.log(`Measuring: ${title} …`)
  const bench = new Bench({ time: timeMs, warmupTime: timeMs / 4 })
  for (const [name, work] of Object.entries(contestants)) bench.add(name, work)
  await bench.run()
  const microseconds = (name: Contestant): number | undefined => {
    const result = bench.getTask(name)?.result
    return result !== undefined && 'latency' in result ? result.latency.p50 * 1000 : undefined
  }
  rows.push(rowOf(title, microseconds))
}
print(rows)

interface Row {
  readonly case: string
  readonly [column: string]: string
}

function rowOf(title: string, median: (name: Contestant) => number | undefined): Row {
  const [request = NaN, ours = NaN, peer = NaN, verify] = (
    ['request', 'ours', 'peer', 'verify'] as const
  ).map(median)
  return {
    case: title,
    'new Request': `${request.toFixed(1)} µs`,
    '@core/backend': `${ours.toFixed(1)} µs`,
    '@clerk/backend': `${peer.toFixed(1)} µs`,
    'bare verify': verify === undefined ? '' : `${verify.toFixed(1)} µs`,
    'faster than peer': times(peer / ours),
    'without Request': ours > request ? times((peer - request) / (ours - request)) : '',
    'of new Request': times(ours / request),
    'of bare verify': verify === undefined ? '' : times(ours / verify),
  }
}

function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 0)} ×`
}

/** Both must sign the visitor in, else the race is between two ways to fail. */
async function refuseToMeasureFailures(): Promise<void> {
  for (const make of [cookieRequest, headerRequest]) {
    const states = await Promise.all([
      ours.authenticateRequest(make(seen)),
      peer.authenticateRequest(make(seen)),
    ])
    for (const state of states) {
      if (!state.isSignedIn) throw new Error(`A contestant does not sign in: ${state.reason}`)
    }
  }
}

async function bareVerify(token: string): Promise<boolean> {
  const dot = token.lastIndexOf('.')
  return crypto.subtle.verify(
    'RSASSA-PKCS1-v1_5',
    issuer.publicKey,
    Buffer.from(token.slice(dot + 1), 'base64url'),
    new TextEncoder().encode(token.slice(0, dot)),
  )
}

function print(table: readonly Row[]): void {
  const columns = Object.keys(table[0] ?? {})
  const widths = columns.map((column) =>
    Math.max(column.length, ...table.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  console.log(
    `\nNode ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'}; medians\n`,
  )
  console.log(line(columns))
  console.log(line(widths.map((width) => '-'.repeat(width))))
  for (const row of table) console.log(line(columns.map((column) => row[column] ?? '')))
}
