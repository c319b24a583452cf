/** Where the figures are kept: `RESULTS.md` in full, the README in short, the identity server's with its documentation. */
import { readFile, writeFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem, type } from 'node:os'
import { join } from 'node:path'

import { type Findings, type Table, toBudgets, toMarkdown, toOthers } from './figures.ts'

const root = join(import.meta.dirname, '../..')
const BEGIN = '<!-- figures: written by `npm run bench` -->'
const END = '<!-- end of figures -->'

// Before the first measurement: afterwards the load is our own.
const [load = 0] = loadavg()

/** Says that others use the machine too: what waits for them is no measure of anything. */
export function describeLoad(): string {
  return load > cpus().length / 2
    ? ` The machine was busy with other work (load ${load.toFixed(1)}), so these figures do not hold.`
    : ''
}

/** Says on which machine and when, because times mean nothing without it. */
export function describeMachine(date: Date): string {
  const [processor] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return [
    `Node ${process.versions.node} on ${type()}, ${cpus().length} cores (${processor?.model ?? 'unknown'}), ${memory} GB,`,
    `${date.toISOString().slice(0, 10)}.${describeLoad()}`,
  ].join(' ')
}

/** Writes the figures into both files, between their markers. What stands around them stays. */
export async function writeResults(findings: Findings, date: Date): Promise<void> {
  const summary = `${toMarkdown(toBudgets(findings.figures))}\n\n${describeMachine(date)}`
  const details = [toOthers(findings.figures), ...findings.tables].map(toSection)
  await replace('benchmarks/RESULTS.md', [summary, ...details].join('\n\n'))
  await replace('README.md', summary)
}

/** Writes what the identity server can do where its operators look for it. */
export async function writeScaling(findings: Findings, date: Date): Promise<void> {
  const tables = [toBudgets(findings.figures), toOthers(findings.figures), ...findings.tables]
  const text = [...tables.map(toSection), describeMachine(date)].join('\n\n')
  await replace('docs/self-hosting/scaling.md', text)
}

function toSection(table: Table): string {
  return `### ${table.title}\n\n${toMarkdown(table)}`
}

async function replace(file: string, text: string): Promise<void> {
  const path = join(root, file)
  const old = await readFile(path, 'utf8')
  const [begin, end] = [old.indexOf(BEGIN), old.indexOf(END)]
  if (begin === -1 || end < begin) throw new Error(`${file} has no place for figures: ${BEGIN}`)
  await writeFile(path, `${old.slice(0, begin)}${BEGIN}\n\n${text}\n\n${old.slice(end)}`)
}
