/**
 * Every check and every test, from formatting to the browser. Goes on after a failure, so that one run
 * tells everything, and ends with `N passed, N failed` on a line of its own.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { build, install } from '../build.ts'
import { CHECKS } from '../checks.ts'
import { root, run, step, StepError } from '../step.ts'

interface Tally {
  readonly passed: number
  readonly failed: number
}

const tallies: Tally[] = []
const reports = await mkdtemp(join(tmpdir(), 'core-test-'))

try {
  await one('Dependencies install', install)
  const isBuilt = await one('Everything builds', () => build())
  for (const [title, check] of Object.entries(CHECKS)) await one(title, () => step(title, check))
  await suite('Unit and structure tests', runVitest)
  // A browser test of a broken build would only repeat what is known.
  if (isBuilt) await suite('Conformance tests in the browser', runPlaywright)
} finally {
  await rm(reports, { recursive: true, force: true })
}

const total = tallies.reduce((sum, { passed, failed }) => ({
  passed: sum.passed + passed,
  failed: sum.failed + failed,
}))
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1

async function one(title: string, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    tallies.push({ passed: 1, failed: 0 })
    return true
  } catch (error) {
    console.error(`✗ ${title}: ${error instanceof Error ? error.message : String(error)}`)
    tallies.push({ passed: 0, failed: 1 })
    return false
  }
}

async function suite(title: string, work: () => Promise<Tally>): Promise<void> {
  const tally = await step(title, work).catch((error: unknown) => {
    console.error(error)
    return { passed: 0, failed: 1 }
  })
  if (tally.passed + tally.failed === 0) throw new Error(`${title}: no test ran`)
  console.log(`  ${tally.passed} passed, ${tally.failed} failed`)
  tallies.push(tally)
}

async function runVitest(): Promise<Tally> {
  const file = join(reports, 'vitest.json')
  await runSuite(
    ['exec', 'vitest', 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`],
    root,
  )
  const report = JSON.parse(await readFile(file, 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
    numTotalTests: number
    numFailedTestSuites: number
    success: boolean
  }
  const { numPassedTests: passed, numFailedTests, success } = report
  // A file that does not load has no test to fail.
  return { passed, failed: numFailedTests + (success || numFailedTests > 0 ? 0 : 1) }
}

async function runPlaywright(): Promise<Tally> {
  const cwd = join(root, 'conformance')
  await runSuite(['exec', 'playwright', 'test'], cwd)
  const { stats, errors } = JSON.parse(
    await readFile(join(cwd, 'test-results/report.json'), 'utf8'),
  ) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number }
    errors: unknown[]
  }
  return {
    passed: stats.expected,
    failed:
      stats.unexpected + stats.flaky + stats.skipped + (stats.unexpected === 0 ? errors.length : 0),
  }
}

/** Runs a test runner. A failing test is in its report; only a runner that did not run is an error. */
async function runSuite(args: readonly string[], cwd: string): Promise<void> {
  await run('pnpm', args, { cwd, isLoud: true }).catch((error: unknown) => {
    if (!(error instanceof StepError)) throw error
  })
}
