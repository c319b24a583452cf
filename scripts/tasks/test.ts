/**
 * Every check and every test, from formatting to the browser. Goes on after a failure, so that one run
 * tells everything, and ends with `N passed, N failed` on a line of its own.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { checkBranches } from '../branches.ts'
import { build, install } from '../build.ts'
import { CHECKS } from '../checks.ts'
import { root, run, step, StepError } from '../step.ts'

interface Tally {
  readonly passed: number
  readonly failed: number
}

const tallies: Tally[] = []
const reports = await mkdtemp(join(tmpdir(), 'core-test-'))
const coverage = join(reports, 'coverage')
/** What is missing is a line of its own, not a failure of the tests. */
const WITH_COVERAGE = [
  '--coverage',
  '--coverage.thresholds.branches=0',
  `--coverage.reportsDirectory=${coverage}`,
]

try {
  await one('Dependencies install', install)
  const isBuilt = await one('Everything builds', () => build())
  for (const [title, check] of Object.entries(CHECKS)) await one(title, () => step(title, check))
  await suite('Unit tests of the backend', () => runVitest(['--project=backend', ...WITH_COVERAGE]))
  const covered = 'Branches of request authentication are covered'
  await one(covered, () => step(covered, () => checkBranches(coverage)))
  await suite('Other unit and structure tests', () => runVitest(['--project=!backend']))
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

async function runVitest(args: readonly string[]): Promise<Tally> {
  const file = join(reports, 'vitest.json')
  // What an earlier run left must not pass for the report of one that did not start.
  await rm(file, { force: true })
  const report = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`]
  const isContent = await runSuite(['exec', 'vitest', 'run', ...args, ...report], root)
  const { numPassedTests, numFailedTests } = JSON.parse(await readFile(file, 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
  }
  return tallyOf(numPassedTests, numFailedTests, isContent)
}

async function runPlaywright(): Promise<Tally> {
  const cwd = join(root, 'conformance')
  const isContent = await runSuite(['exec', 'playwright', 'test'], cwd)
  const { stats, errors } = JSON.parse(
    await readFile(join(cwd, 'test-results/report.json'), 'utf8'),
  ) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number }
    errors: unknown[]
  }
  const { expected, unexpected, flaky, skipped } = stats
  const failed = unexpected + flaky + skipped + (unexpected === 0 ? errors.length : 0)
  return tallyOf(expected, failed, isContent)
}

/**
 * Counts what a runner reports. It may be discontent without a failed test: a file that does not load,
 * a rejection that nobody waited for.
 */
function tallyOf(passed: number, failed: number, isContent: boolean): Tally {
  return { passed, failed: isContent ? failed : Math.max(failed, 1) }
}

/** Runs a test runner and tells whether it was content; what was not is in its report. */
async function runSuite(args: readonly string[], cwd: string): Promise<boolean> {
  try {
    await run('pnpm', args, { cwd, isLoud: true })
    return true
  } catch (error) {
    if (error instanceof StepError) return false
    throw error
  }
}
