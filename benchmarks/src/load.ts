/**
 * A mixed load on two processes behind a load balancer, of which one is killed every minute. Finds out what the
 * two can do, asks for 70 % of it, and then whether anything confirmed was lost and anybody signed out.
 * The processes are those that people install: `npm run build` makes them.
 *
 * `pnpm --filter benchmarks load -- --minutes 10` writes its report to `docs/self-hosting/load-report.md`.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { withPatientConnection } from '../../packages/identity/src/database/server.ts'
import { createIdentity } from '../../packages/identity/src/index.ts'
import { openBalancer } from '../../packages/identity/src/testing/balancer.ts'
import {
  createLedger,
  findLosses,
  findViolations,
} from '../../packages/identity/src/testing/invariants.ts'
import {
  createDatabase,
  startPostgres,
} from '../../packages/identity/src/testing/postgres-program.ts'
import { BUILT, runCore, type Program } from '../../packages/identity/src/testing/program.ts'
import { Crowd, OPERATIONS, type Outcome } from './crowd.ts'
import { toDigits, toMarkdown } from './figures.ts'
import { describeMachine } from './results.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    share: { type: 'string', default: '70' },
    'no-write': { type: 'boolean', default: false },
  },
})
const minutes = Number(values.minutes)
const share = Number(values.share) / 100

const REPORT = join(import.meta.dirname, '../../docs/self-hosting/load-report.md')
const CAPACITY_SECONDS = 20
const CAPACITY_WORKERS = 24
const CROWD = 40
const KILL_EVERY_MS = 60_000

const secret = randomBytes(48).toString('base64')
// As servers are: tables that are written to for minutes want to be looked after.
const postgres = await startPostgres(['autovacuum=on'])
const running: (Program & { port: number })[] = []
try {
  const databaseUrl = await createDatabase(postgres.url, 'load', 'template0')
  const balancer = await openBalancer(() => running.map(({ port }) => port))
  const url = `http://localhost:${balancer.port}`
  const identity = await createIdentity({ secret, databaseUrl, migrates: true })
  const { secretKey } = await identity.provision(`localhost:${balancer.port}`, { rate_limits: 0 })
  await identity.close()

  const start = async (): Promise<void> => {
    const env = { DATABASE_URL: databaseUrl, CORE_SECRET: secret }
    const program = runCore(['start', '--port', '0'], env, BUILT)
    const port = Number(new URL(await program.ready).port)
    running.push({ ...program, port })
  }
  await start()
  await start()

  const ledger = createLedger()
  const crowd = new Crowd(url, secretKey, ledger)
  console.log(`${CROWD} people sign up …`)
  for (let i = 0; i < CROWD; i++) await crowd.grow()

  console.log(`Finding out what two processes can do (${CAPACITY_SECONDS} s) …`)
  const capacity = await measureCapacity(crowd)
  console.log(`  ${toDigits(capacity)} operations per second`)

  const rate = capacity * share
  console.log(`${minutes} minutes at ${toDigits(rate)} operations per second …`)
  const counts = new Map<string, number>()
  const times = new Map<string, number[]>()
  let kills = 0
  const note = ({ name, result, ms }: Outcome): void => {
    counts.set(`${name} ${result}`, (counts.get(`${name} ${result}`) ?? 0) + 1)
    times.set(name, [...(times.get(name) ?? []), ms])
  }
  const killer = setInterval(
    () => {
      // The older one, so that each has its turn.
      const victim = running.shift()
      victim?.child.kill('SIGKILL')
      kills++
      console.log(`  killed one of two; ${crowd.complaints.length} complaints`)
      void start()
    },
    Math.min(KILL_EVERY_MS, (minutes * 60_000) / 2),
  )
  await drive(crowd, rate, minutes * 60_000, note)
  clearInterval(killer)

  console.log('Asking everybody whether they are still signed in …')
  while (running.length < 2) await pause(100)
  await crowd.askEverybody()
  const wrong = await withPatientConnection(databaseUrl, async (database) => [
    ...(await findLosses(database, ledger)),
    ...(await findViolations(database)),
  ])
  const all = [...crowd.complaints, ...wrong]
  const rows = OPERATIONS.map(({ name }) => {
    const sorted = (times.get(name) ?? []).toSorted((a, b) => a - b)
    const at = (part: number): string =>
      toDigits(sorted[Math.floor((sorted.length - 1) * part)] ?? NaN)
    const of = (result: Outcome['result']): string => String(counts.get(`${name} ${result}`) ?? 0)
    return [name, of('done'), of('done again'), of('unknown'), at(0.5), at(0.99)]
  })
  const report = [
    '# Load report',
    '',
    'Written by `pnpm --filter benchmarks load`: two processes on one PostgreSQL behind a load balancer that goes on to the other',
    'one where one is gone. Every minute one of the two is killed (`kill -9`) and started again.',
    '',
    `- Capacity: ${toDigits(capacity)} operations per second; asked for: ${toDigits(rate)} (${values.share} %), for ${minutes} minutes`,
    `- Kills: ${kills}`,
    `- Confirmed: ${Object.entries(ledger)
      .map(([kind, ids]) => `${ids.size} ${kind}`)
      .join(', ')}; people asked at the end: ${crowd.size}`,
    `- Lost, half done or signed out wrongly: ${all.length}`,
    ...all.slice(0, 20).map((line) => `  - ${line}`),
    '',
    toMarkdown({
      title: '',
      columns: [
        'operation',
        'done',
        'done at a second attempt',
        'not known',
        'ms, median',
        'ms, 99 %',
      ],
      rows,
    }),
    '',
    'An operation that a kill interrupted is tried again. "Not known" are changes that may not be tried again blindly, whose answer was cut off.',
    '',
    describeMachine(new Date()),
    '',
  ].join('\n')
  console.log(report)
  if (!values['no-write']) {
    await mkdir(join(REPORT, '..'), { recursive: true })
    await writeFile(REPORT, report)
  }
  process.exitCode = all.length === 0 ? 0 : 1
  await balancer.close()
} finally {
  for (const { child } of running) child.kill('SIGKILL')
  await postgres.stop()
}
process.exit()

/** Everybody asks as fast as they are answered. */
async function measureCapacity(crowd: Crowd): Promise<number> {
  const end = performance.now() + CAPACITY_SECONDS * 1000
  let done = 0
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      await crowd.act()
      done++
    }
  }
  await Promise.all(Array.from({ length: CAPACITY_WORKERS }, worker))
  return done / CAPACITY_SECONDS
}

/** Begins operations at a steady rate, however long the answers take. */
async function drive(
  crowd: Crowd,
  rate: number,
  ms: number,
  note: (outcome: Outcome) => void,
): Promise<void> {
  const from = performance.now()
  const open = new Set<Promise<void>>()
  for (let begun = 0; performance.now() - from < ms;) {
    const due = ((performance.now() - from) / 1000) * rate
    for (; begun < due; begun++) {
      const one = crowd.act().then(note)
      open.add(one)
      void one.finally(() => open.delete(one))
    }
    await pause(5)
  }
  await Promise.all(open)
}
