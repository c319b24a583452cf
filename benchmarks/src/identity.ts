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
import { type Budget, type Figure, type Findings, exactly, toDigits } from './figures.ts'
import { emailOf, populate, userIdOf } from './population.ts'
import { type Spread, spreadOf } from './statistics.ts'

type Engine = 'embedded' | 'server'

const NAMES: Readonly<Record<Engine, string>> = { embedded: 'PGlite', server: 'PostgreSQL' }
const SMALL = 10_000
const PASSWORD = 'correct horse battery'
/** How many ask at once. A server at its capacity has always something to do. */
const CROWD = 64
/** As many as wait for a hash without being turned away. */
const FEW = 16
const LOOKUPS = 400
const SEARCHES = 20

const FLOOR_NAMES = {
  signings: 'bare RS256 signing',
  hashes: 'bare argon2id',
} as const

type Floor = keyof typeof FLOOR_NAMES

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
      const rates = await measureRates(server, timeMs)
      figures.push(...(await toFigures(engine, rates, server)))
      rows.push(...rates.flatMap((rate) => toRows(engine, rate)))
      if (engine === 'embedded') return
      // Another server beside it, so that both sizes are asked in turn.
      await withServer(engine, async (small) => {
        for (const { what, few, many } of await measureLookups(small, server, users, announce)) {
          const ratio = many.median / few.median
          lookups.push([what, ...[few, many].map((it) => toDigits(it.median)), toDigits(ratio)])
          figures.push({
            what: `identity: ${what}, at ${users} users against ${SMALL}`,
            value: exactly(ratio),
            unit: '×',
            budget: what.startsWith('search') ? null : { atMost: 1.5 },
          })
        }
      })
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

/** How often something is done per second of processor time. */
interface Rate {
  readonly what: string
  readonly perSecond: Spread
  /** What its cryptography alone does, measured before and after it in every round. */
  readonly beside: {
    readonly floor: Floor
    readonly perSecond: Spread
    /** Percent of the floor, and how much it ought to be. */
    readonly share: Spread
    readonly budget: Budget
  } | null
}

/** Measures what people and servers ask for most. */
async function measureRates(server: Server, timeMs: number): Promise<readonly Rate[]> {
  const { url, secretKey } = server
  const people: Visitor[] = []
  const signUp = async (): Promise<void> => {
    const visitor = await Visitor.open(url)
    await visitor.signUp(testAddress(`p${people.push(visitor)}`), PASSWORD)
  }
  for (let i = 0; i < CROWD; i++) await signUp()
  const known = people.slice(0, CROWD)
  const one = (turn: number): Visitor => known[turn % CROWD] as Visitor
  // Browsers that nobody has signed in with, opened before what is measured.
  const browsers: Visitor[] = []
  const signIn = async (turn: number): Promise<void> => {
    const visitor = browsers.pop() ?? (await Visitor.open(url))
    await visitor.signIn(testAddress(`p${(turn % CROWD) + 1}`), PASSWORD)
  }
  const openBrowsers = async (count: number): Promise<void> => {
    while (browsers.length < count) browsers.push(await Visitor.open(url))
  }
  const getToken = (turn: number) => one(turn).token()
  const readUser = (turn: number) =>
    expectOk(callBackend(url, secretKey, 'GET', `/users/${one(turn).userId}`))
  const search = () => expectOk(callBackend(url, secretKey, 'GET', '/users?query=p1%2B'))
  const measure = (what: string, activity: Activity) => measureRate(server, timeMs, what, activity)
  return [
    await measure('session tokens', {
      work: getToken,
      atOnce: CROWD,
      floor: 'signings',
      budget: { atLeast: 70 },
    }),
    await measure(`session tokens for ${FEW} at once`, { work: getToken, floor: 'signings' }),
    await measure('password sign-ins', {
      work: signIn,
      prepare: openBrowsers,
      floor: 'hashes',
      budget: { atLeast: 80 },
    }),
    await measure('sign-ups', { work: signUp }),
    await measure('GET /v1/users/{id}', { work: readUser }),
    await measure('user search', { work: search }),
  ]
}

interface Activity {
  readonly work: (turn: number) => Promise<unknown>
  /** How many do it at once. Default: a few. */
  readonly atOnce?: number
  /** Gets ready what as many turns need as there will hardly be. */
  readonly prepare?: (turns: number) => Promise<void>
  readonly floor?: Floor
  readonly budget?: Budget
}

/** How often something is done before it counts: what runs for hours has been compiled long ago. */
const WARM_UPS = 1000
/** Whatever takes longer than this is compiled by then, too. */
const WARM_UP_MS = 30_000

/** A machine is not as fast all the time, so that what is compared is measured by turns. */
const ROUNDS = 5
/** What is compared with nothing needs fewer. */
const ROUNDS_ALONE = 2

/** Does something on several connections for a while, once it has been done often enough to be compiled. */
async function measureRate(
  { program }: Server,
  timeMs: number,
  what: string,
  { work, atOnce = FEW, prepare = async () => undefined, floor, budget = null }: Activity,
): Promise<Rate> {
  let turn = 0
  const drive = async (isOver: (ms: number) => boolean): Promise<number> => {
    const [from, before] = [performance.now(), turn]
    const worker = async (): Promise<void> => {
      while (!isOver(performance.now() - from)) await work(turn++)
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    return turn - before
  }
  const from = performance.now()
  const warmUps = await drive((ms) => ms > WARM_UP_MS || (ms > timeMs * 2 && turn > WARM_UPS))
  const perMs = warmUps / (performance.now() - from)
  const rates: number[] = []
  const floors: number[] = []
  const shares: number[] = []
  let before = floor === undefined ? NaN : await readFloor(floor)
  for (let round = 0; round < (floor === undefined ? ROUNDS_ALONE : ROUNDS); round++) {
    await prepare(Math.ceil(perMs * timeMs * 2))
    const startedAt = await processorSeconds(program)
    const done = await drive((ms) => ms > timeMs)
    const seconds = (await processorSeconds(program)) - startedAt
    if (!(seconds > 0)) throw new Error('Too short to be measured: give it a longer --time.')
    rates.push(done / seconds)
    if (floor === undefined) continue
    const after = await readFloor(floor)
    floors.push((before + after) / 2)
    shares.push((done / seconds / ((before + after) / 2)) * 100)
    before = after
  }
  return {
    what,
    perSecond: spreadOf(rates),
    beside:
      floor === undefined
        ? null
        : { floor, perSecond: spreadOf(floors), share: spreadOf(shares), budget },
  }
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

async function readFloor(floor: Floor): Promise<number> {
  const file = join(import.meta.dirname, 'identity-floor.ts')
  return Number((await command(process.execPath, [file, floor])).stdout)
}

function toRows(engine: Engine, { what, perSecond, beside }: Rate): readonly string[][] {
  const row = [`${what}, ${NAMES[engine]}`, toDigits(perSecond.median)]
  if (beside === null) return [[...row, '']]
  const floor = `${FLOOR_NAMES[beside.floor]}, beside it`
  return [
    [...row, `${toDigits(beside.share.median)} %`],
    [floor, toDigits(beside.perSecond.median), ''],
  ]
}

async function toFigures(
  engine: Engine,
  rates: readonly Rate[],
  { startMs, program }: Server,
): Promise<Figure[]> {
  const shares = rates.flatMap(({ what, beside }): Figure[] =>
    beside === null
      ? []
      : [
          {
            what: `identity on ${NAMES[engine]}: ${what} per core, of ${FLOOR_NAMES[beside.floor]}`,
            value: beside.share,
            unit: '%',
            budget: beside.budget,
          },
        ],
  )
  const seen = (what: string, value: number, unit: 'ms' | 'MB'): Figure => ({
    what: `identity on ${NAMES[engine]}: ${what}`,
    value: exactly(value),
    unit,
    budget: null,
  })
  const memory = (await readProcess(program)).kilobytes / 1000
  return [...shares, seen('start', startMs, 'ms'), seen('memory after that', memory, 'MB')]
}

/** Milliseconds until a user is found among few and among many. */
interface Lookup {
  readonly what: string
  readonly few: Spread
  readonly many: Spread
}

/** Finds users by what is known of them. */
async function measureLookups(
  small: Server,
  large: Server,
  users: number,
  announce: (title: string) => void,
): Promise<readonly Lookup[]> {
  for (const { server, count } of [
    { server: small, count: SMALL },
    { server: large, count: users },
  ]) {
    announce(`${count} users`)
    await populate(server.databaseUrl ?? '', count)
  }
  const measure = async (
    what: string,
    count: number,
    pathOf: (user: number) => string,
  ): Promise<Lookup> => {
    const ask = ({ url, secretKey }: Server, among: number) =>
      expectOk(callBackend(url, secretKey, 'GET', pathOf(Math.floor(Math.random() * among))))
    const [few, many]: [number[], number[]] = [[], []]
    for (let turn = -count / 4; turn < count; turn++) {
      const amongFew = await timeOf(() => ask(small, SMALL))
      const amongMany = await timeOf(() => ask(large, users))
      // What comes first warms up.
      if (turn < 0) continue
      few.push(amongFew)
      many.push(amongMany)
    }
    return { what, few: spreadOf(few), many: spreadOf(many) }
  }
  return [
    await measure('user by id', LOOKUPS, (user) => `/users/${userIdOf(user)}`),
    await measure(
      'user by address',
      LOOKUPS,
      (user) => `/users?email_address=${encodeURIComponent(emailOf(user))}`,
    ),
    await measure('search for a word', SEARCHES, (user) => `/users?query=${emailOf(user)}`),
  ]
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}
