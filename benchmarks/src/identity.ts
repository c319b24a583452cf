/**
 * What the identity server does per second and core, beside what its cryptography alone would allow, and what a
 * million users change. Real processes, as they are installed, over real HTTP.
 *
 * What counts is the processor time of the server's process: who asks, and the database server, run beside it.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { readKeyFile } from '../../packages/identity/src/instances/provision.ts'
import {
  createDatabase,
  startPostgres,
} from '../../packages/identity/src/testing/postgres-program.ts'
import {
  BUILT,
  fillDirectory,
  makeDirectory,
  runCore,
  type Program,
} from '../../packages/identity/src/testing/program.ts'
import {
  Visitor,
  callBackend,
  expectOk,
  testAddress,
} from '../../packages/identity/src/testing/visitor.ts'
import { type Figure, type Findings, exactly, toDigits } from './figures.ts'
import { emailOf, populate, userIdOf } from './population.ts'
import { type Spread, spreadOf } from './statistics.ts'

type Engine = 'embedded' | 'server'

const NAMES: Readonly<Record<Engine, string>> = { embedded: 'PGlite', server: 'PostgreSQL' }
const SMALL = 10_000
const PASSWORD = 'correct horse battery'
const PEOPLE = 16
const LOOKUPS = 400
const SEARCHES = 20

interface Floor {
  readonly signings: number
  readonly hashes: number
}

const FLOOR_NAMES: Readonly<Record<keyof Floor, string>> = {
  signings: 'bare RS256 signing',
  hashes: 'bare argon2id',
}

/** Measures both engines, the server at both sizes. */
export async function measureIdentity(
  users: number,
  timeMs: number,
  announce: (title: string) => void,
): Promise<Findings> {
  const figures: Figure[] = []
  const rows: string[][] = []
  const lookups: string[][] = []
  for (const engine of ['embedded', 'server'] as const) {
    announce(`${NAMES[engine]}: tokens, sign-ins, sign-ups, and between them the floor`)
    await withServer(engine, async (server) => {
      const { rates, floor } = await measureRates(server, timeMs)
      figures.push(...(await toFigures(engine, floor, rates, server)))
      for (const name of ['signings', 'hashes'] as const) {
        rows.push([`${FLOOR_NAMES[name]}, beside ${NAMES[engine]}`, toDigits(floor[name]), ''])
      }
      for (const [what, rate] of Object.entries(rates)) {
        rows.push([`${what}, ${NAMES[engine]}`, toDigits(rate), shareOf(what, rate, floor)])
      }
      if (server.databaseUrl === null) return
      const small = await measureLookups(server, SMALL, announce)
      const large = await measureLookups(server, users, announce)
      for (const [what, before] of Object.entries(small)) {
        const after = large[what] ?? before
        const ratio = after.median / before.median
        lookups.push([
          what,
          ...[before, after].map(({ median }) => toDigits(median)),
          toDigits(ratio),
        ])
        figures.push({
          what: `identity: ${what}, at ${users} users against ${SMALL}`,
          value: exactly(ratio),
          unit: '×',
          budget: what.startsWith('search') ? null : { atMost: 1.5 },
        })
      }
    })
  }
  return {
    figures,
    tables: [
      {
        title: 'Identity server, per core',
        columns: ['what', 'per second of processor time', 'of the floor'],
        rows,
      },
      {
        title: 'Identity server, looking users up',
        columns: ['what', `ms at ${SMALL} users`, `ms at ${users}`, 'ratio'],
        rows: lookups,
      },
    ],
  }
}

interface Server {
  readonly url: string
  readonly secretKey: string
  readonly databaseUrl: string | null
  readonly program: Program
  readonly startMs: number
}

/** Starts the program as it is installed, the second time: the first one makes the database. */
async function withServer(engine: Engine, work: (server: Server) => Promise<void>): Promise<void> {
  const directory = await makeDirectory()
  const postgres = engine === 'server' ? await startPostgres() : null
  const programs: Program[] = []
  try {
    const databaseUrl =
      postgres === null ? null : await createDatabase(postgres.url, 'bench', 'template0')
    if (databaseUrl === null) await fillDirectory(directory.path)
    const args = ['dev', '--port', '0', '--data', directory.path]
    if (databaseUrl !== null) args.push('--database-url', databaseUrl)
    const first = runCore(args, {}, BUILT)
    programs.push(first)
    await first.ready
    first.child.kill('SIGTERM')
    await first.exited
    const from = performance.now()
    const program = runCore(args, {}, BUILT)
    programs.push(program)
    const url = await program.ready
    const startMs = performance.now() - from
    const secretKey = (await readKeyFile(directory.path))?.secretKey ?? ''
    await work({ url, secretKey, databaseUrl, program, startMs })
  } finally {
    for (const { child } of programs) child.kill('SIGKILL')
    await postgres?.stop()
    await directory.remove()
  }
}

interface Rates {
  readonly rates: Readonly<Record<string, number>>
  readonly floor: Floor
}

/** What is done per second of processor time, and what its cryptography alone does before and after it. */
async function measureRates(server: Server, timeMs: number): Promise<Rates> {
  const { url, secretKey } = server
  const people: Visitor[] = []
  const signUp = async (): Promise<void> => {
    const visitor = await Visitor.open(url)
    await visitor.signUp(testAddress(`p${people.push(visitor)}`), PASSWORD)
  }
  for (let i = 0; i < PEOPLE; i++) await signUp()
  const known = people.slice(0, PEOPLE)
  const one = (turn: number): Visitor => known[turn % PEOPLE] as Visitor
  // Browsers that nobody has signed in with, opened before what is measured.
  const browsers: Visitor[] = []
  const signIn = async (turn: number): Promise<void> => {
    const visitor = browsers.pop() ?? (await Visitor.open(url))
    await visitor.signIn(testAddress(`p${(turn % PEOPLE) + 1}`), PASSWORD)
  }
  const openBrowsers = async (count: number): Promise<void> => {
    while (browsers.length < count) browsers.push(await Visitor.open(url))
  }
  const readUser = (turn: number) =>
    expectOk(callBackend(url, secretKey, 'GET', `/users/${one(turn).userId}`))
  const search = () => expectOk(callBackend(url, secretKey, 'GET', '/users?query=p1%2B'))
  const before = await readFloor()
  const tokens = await rateOf(server, timeMs, (turn) => one(turn).token())
  const between = await readFloor()
  const signIns = await rateOf(server, timeMs, signIn, openBrowsers)
  const after = await readFloor()
  const rates = {
    'session tokens': tokens,
    'password sign-ins': signIns,
    'sign-ups': await rateOf(server, timeMs, signUp),
    'GET /v1/users/{id}': await rateOf(server, timeMs, readUser),
    'user search': await rateOf(server, timeMs, search),
  }
  // A machine is not as fast all the time.
  const floor = {
    signings: (before.signings + between.signings) / 2,
    hashes: (between.hashes + after.hashes) / 2,
  }
  return { rates, floor }
}

/** How often something is done before it counts: what runs for hours has been compiled long ago. */
const WARM_UPS = 1000
/** Whatever takes longer than this is compiled by then, too. */
const WARM_UP_MS = 30_000

/**
 * Does something on several connections for a while, once it has been done often enough to be compiled.
 *
 * @param prepare gets ready what as many turns need as there will hardly be
 */
async function rateOf(
  { program }: Server,
  timeMs: number,
  work: (turn: number) => Promise<unknown>,
  prepare: (turns: number) => Promise<void> = async () => undefined,
): Promise<number> {
  let turn = 0
  const drive = async (isOver: (ms: number) => boolean): Promise<number> => {
    const [from, before] = [performance.now(), turn]
    const worker = async (): Promise<void> => {
      while (!isOver(performance.now() - from)) await work(turn++)
    }
    await Promise.all(Array.from({ length: PEOPLE }, worker))
    return turn - before
  }
  const from = performance.now()
  const warmUps = await drive((ms) => ms > WARM_UP_MS || (ms > timeMs * 2 && turn > WARM_UPS))
  await prepare(Math.ceil((warmUps / (performance.now() - from)) * timeMs * 4))
  const before = await processorSeconds(program)
  const done = await drive((ms) => ms > timeMs * 2)
  const seconds = (await processorSeconds(program)) - before
  if (!(seconds > 0)) throw new Error('Too short to be measured: give it a longer --time.')
  return done / seconds
}

async function processorSeconds(program: Program): Promise<number> {
  return (await readProcess(program)).seconds
}

const command = promisify(execFile)

/** What the system tells of a process. */
async function readProcess({ child }: Program): Promise<{ seconds: number; kilobytes: number }> {
  const { stdout } = await command('ps', ['-o', 'time=,rss=', '-p', String(child.pid)])
  const [time = '', kilobytes = NaN] = stdout.trim().split(/\s+/)
  // Elsewhere `ps` tells hundredths of a second, on Linux whole ones.
  const seconds =
    process.platform === 'linux'
      ? await readTicks(child.pid ?? 0)
      : time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return { seconds, kilobytes: Number(kilobytes) }
}

/** Linux counts hundredths of a second, of the program and of the system on its behalf. */
async function readTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** The median of a few: a machine that has just been idle is slower at first. */
const FLOORS_READ = 3

async function readFloor(): Promise<Floor> {
  const file = join(import.meta.dirname, 'identity-floor.ts')
  const floors: Floor[] = []
  for (let n = 0; n < FLOORS_READ; n++) {
    floors.push(JSON.parse((await command(process.execPath, [file])).stdout) as Floor)
  }
  const median = (of: keyof Floor): number => spreadOf(floors.map((floor) => floor[of])).median
  return { signings: median('signings'), hashes: median('hashes') }
}

const FLOORS: Readonly<Record<string, { readonly of: keyof Floor; readonly atLeast: number }>> = {
  'session tokens': { of: 'signings', atLeast: 70 },
  'password sign-ins': { of: 'hashes', atLeast: 80 },
}

function shareOf(what: string, rate: number, floor: Floor): string {
  const row = FLOORS[what]
  return row === undefined ? '' : `${toDigits((rate / floor[row.of]) * 100)} %`
}

async function toFigures(
  engine: Engine,
  floor: Floor,
  rates: Readonly<Record<string, number>>,
  { startMs, program }: Server,
): Promise<Figure[]> {
  const shares = Object.entries(FLOORS).map(([what, { of, atLeast }]): Figure => {
    const rate = rates[what] ?? NaN
    return {
      what: `identity on ${NAMES[engine]}: ${what} per core, of ${FLOOR_NAMES[of]}`,
      value: exactly((rate / floor[of]) * 100),
      unit: '%',
      budget: { atLeast },
    }
  })
  const seen = (what: string, value: number, unit: 'ms' | 'MB'): Figure => ({
    what: `identity on ${NAMES[engine]}: ${what}`,
    value: exactly(value),
    unit,
    budget: null,
  })
  const memory = (await readProcess(program)).kilobytes / 1000
  return [...shares, seen('start', startMs, 'ms'), seen('memory after that', memory, 'MB')]
}

/** Milliseconds until a user is found, by what is known of them. */
async function measureLookups(
  { url, secretKey, databaseUrl }: Server,
  users: number,
  announce: (title: string) => void,
): Promise<Readonly<Record<string, Spread>>> {
  announce(`${users} users`)
  await populate(databaseUrl ?? '', users)
  const ask = (path: string) => expectOk(callBackend(url, secretKey, 'GET', path))
  const any = (): number => Math.floor(Math.random() * users)
  return {
    'user by id': await timesOf(LOOKUPS, () => ask(`/users/${userIdOf(any())}`)),
    'user by address': await timesOf(LOOKUPS, () =>
      ask(`/users?email_address=${encodeURIComponent(emailOf(any()))}`),
    ),
    'search for a word': await timesOf(SEARCHES, () => ask(`/users?query=${emailOf(any())}`)),
  }
}

async function timesOf(count: number, work: () => Promise<unknown>): Promise<Spread> {
  const times: number[] = []
  for (let i = -count / 4; i < count; i++) {
    const from = performance.now()
    await work()
    if (i >= 0) times.push(performance.now() - from)
  }
  return spreadOf(times)
}
