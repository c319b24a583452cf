/** Which ways through the code no test takes. */
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

import { root, StepError } from './step.ts'

/** One source file in a coverage report, as far as it is read here. */
interface FileCoverage {
  readonly path: string
  readonly branchMap: Readonly<Record<string, Branch>>
  /** How often each way of each branch was taken. */
  readonly b: Readonly<Record<string, readonly number[]>>
}

interface Branch {
  readonly type: string
  readonly locations: readonly { readonly start: { readonly line?: number } }[]
  readonly loc: { readonly start: { readonly line: number } }
}

/**
 * Reads the coverage report in a directory and lists every way that no test took.
 *
 * @throws StepError where there is one, or no report.
 */
export async function checkBranches(directory: string): Promise<void> {
  const text = await readFile(join(directory, 'coverage-final.json'), 'utf8').catch(() => '{}')
  const files = Object.values(JSON.parse(text) as Readonly<Record<string, FileCoverage>>)
  if (files.length === 0) throw new StepError('there is no report of the branches taken')
  const missed = files.flatMap(missedBranches)
  for (const line of missed) console.log(`  ${line}`)
  if (missed.length > 0) throw new StepError(`${missed.length} that no test takes`)
}

function missedBranches({ path, branchMap, b: taken }: FileCoverage): string[] {
  return Object.entries(branchMap).flatMap(([id, { type, loc, locations }]) =>
    locations.flatMap(({ start }, way) =>
      // The empty way, such as an absent `else`, has no place of its own.
      taken[id]?.[way] ? [] : [`${relative(root, path)}:${start.line ?? loc.start.line} (${type})`],
    ),
  )
}
