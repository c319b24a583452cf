/** What the measurements come to: figures that are held against a budget, and tables to read. */
import type { Spread } from './statistics.ts'

/** What is allowed. A figure without a budget is there to be seen. */
export type Budget = { readonly atLeast: number } | { readonly atMost: number } | null

/** One row of the table that the README quotes. */
export interface Figure {
  readonly what: string
  readonly value: Spread
  readonly unit: '×' | '%' | 'kB' | 'MB' | 'ms' | 'fetch'
  readonly budget: Budget
}

export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What one group of measurements found. */
export interface Findings {
  readonly figures: readonly Figure[]
  readonly tables: readonly Table[]
}

/** A value that was measured or counted once. */
export function exactly(value: number): Spread {
  return { median: value, low: value, high: value }
}

/** The figures that have a budget: the table that the README quotes. */
export function toBudgets(figures: readonly Figure[]): Table {
  return {
    title: 'Budgets',
    columns: ['what', 'measured', 'budget', 'verdict'],
    rows: figures
      .filter(({ budget }) => budget !== null)
      .map((figure) => [
        figure.what,
        withUnit(figure.value.median, figure.unit),
        toLimit(figure),
        toVerdict(figure),
      ]),
  }
}

/** The figures that are there to be seen. */
export function toOthers(figures: readonly Figure[]): Table {
  return {
    title: 'Without a budget',
    columns: ['what', 'measured'],
    rows: figures
      .filter(({ budget }) => budget === null)
      .map(({ what, value, unit }) => [what, withUnit(value.median, unit)]),
  }
}

export function isMissed({ value, budget }: Figure): boolean {
  if (budget === null) return false
  return 'atLeast' in budget ? value.median < budget.atLeast : value.median > budget.atMost
}

function toLimit({ budget, unit }: Figure): string {
  if (budget === null) return ''
  return 'atLeast' in budget
    ? `≥ ${withUnit(budget.atLeast, unit)}`
    : `≤ ${withUnit(budget.atMost, unit)}`
}

function toVerdict(figure: Figure): string {
  if (figure.budget === null) return ''
  if (!isMissed(figure)) return 'met'
  const limit = 'atLeast' in figure.budget ? figure.budget.atLeast : figure.budget.atMost
  const percent = Math.abs(figure.value.median / limit - 1) * 100
  return `missed by ${percent.toFixed(percent < 10 ? 1 : 0)} %`
}

function withUnit(value: number, unit: Figure['unit']): string {
  if (unit === 'fetch') return String(value)
  return `${toDigits(value)} ${unit}`
}

/** Three digits tell enough; more would pretend to more than was measured. */
export function toDigits(value: number): string {
  if (Number.isInteger(value)) return String(value)
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)
}

/** Writes a table as Markdown, its columns aligned as the formatter of this repository aligns them. */
export function toMarkdown({ columns, rows }: Table): string {
  const all = [columns, ...rows]
  const widths = columns.map((_, column) =>
    Math.max(3, ...all.map((cells) => (cells[column] ?? '').length)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [columns, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n')
}
