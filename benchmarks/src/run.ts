/**
 * Measures in one run what the README claims, beside the libraries that one could use instead. Ratios
 * count, times do not: they depend on the machine.
 */
import { parseArgs } from 'node:util'

import { measureBundles } from './bundles.ts'
import { measureColdImport, measureExpress } from './express.ts'
import {
  type Figure,
  type Findings,
  type Table,
  isMissed,
  toBudgets,
  toMarkdown,
  toOthers,
} from './figures.ts'
import { measureIdentity } from './identity.ts'
import { measureKeySet } from './key-set.ts'
import { createIssuer, createTokenPool } from './keys.ts'
import { MAX_FRESH } from './race.ts'
import { measureRequests } from './requests.ts'
import { describeLoad, describeMachine, writeResults, writeScaling } from './results.ts'
import { measureTokens } from './tokens.ts'

const HELP = `Usage: npm run bench -- [options]

  --time <ms>     how long each contestant runs in each race (default: 1500)
  --only <group>  requests, tokens, keys, bundles, express, import or identity; can be repeated
  --users <n>     the larger number of users of the identity server (default: 1000000)
  --no-write      leave every file as it is
  --help

With --only, README and RESULTS stay as they are: they hold the figures of one whole run. Those of the
identity server are written to docs/self-hosting/scaling.md whenever they are measured.`

const { values } = parseArgs({
  options: {
    time: { type: 'string', default: '1500' },
    users: { type: 'string', default: '1000000' },
    only: { type: 'string', multiple: true, default: [] },
    'no-write': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const timeMs = Number(values.time)
const issuer = await createIssuer()
const announce = (title: string): void => console.log(`  ${title} …`)

/** How many races there are whose tokens nobody has seen. */
const FRESH_RACES = 3

const GROUPS: Readonly<Record<string, { title: string; measure: () => Promise<Findings> }>> = {
  requests: {
    title: 'authenticateRequest',
    measure: () => measureRequests(issuer, pool, timeMs, announce),
  },
  tokens: { title: 'verifyToken', measure: () => measureTokens(issuer, pool, timeMs, announce) },
  keys: { title: 'Fetches of the key set', measure: () => measureKeySet(issuer, pool) },
  bundles: { title: 'Bundles', measure: measureBundles },
  express: {
    title: 'Express over loopback',
    measure: () => measureExpress(issuer, pool, timeMs * 2),
  },
  import: { title: 'Cold import', measure: measureColdImport },
  identity: {
    title: 'Identity server',
    measure: () => measureIdentity(Number(values.users), timeMs * 2, announce),
  },
}

if (values.help) {
  console.log(HELP)
  process.exit()
}
const unknown = values.only.filter((name) => !Object.hasOwn(GROUPS, name))
if (unknown.length > 0 || !(timeMs > 0) || !(Number(values.users) > 0)) {
  console.error(HELP)
  process.exit(2)
}

console.log(`Signing tokens …${describeLoad()}`)
const pool = await createTokenPool(issuer, FRESH_RACES * MAX_FRESH)

const figures: Figure[] = []
const tables: Table[] = []
for (const [name, { title, measure }] of Object.entries(GROUPS)) {
  if (values.only.length > 0 && !values.only.includes(name)) continue
  const start = performance.now()
  console.log(`Measuring ${title} …`)
  const findings = await measure()
  figures.push(...findings.figures)
  tables.push(...findings.tables)
  if (name === 'identity' && !values['no-write']) await writeScaling(findings, new Date())
  console.log(`✓ ${title} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
}

const date = new Date()
for (const table of [...tables, toOthers(figures), toBudgets(figures)]) {
  console.log(`\n${table.title}\n\n${toMarkdown(table)}`)
}
const missed = figures.filter(isMissed).length
console.log(`\n${describeMachine(date)}`)
console.log(`${missed} of ${figures.filter(({ budget }) => budget).length} budgets missed`)

if (values.only.length === 0 && !values['no-write']) {
  await writeResults({ figures, tables }, date)
  console.log('Written to benchmarks/RESULTS.md and README.md')
}
