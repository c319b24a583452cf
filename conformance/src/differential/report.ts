/** What a run found, for people. */
import type { Comparison, Report } from './compare.ts'
import type { Outcome } from './outcome.ts'
import { PLAIN_REQUEST, requestOf } from './requests.ts'

/** Writes the numbers, and the rules with their hits. */
export function describeReport({
  seed,
  requests,
  seconds,
  alike,
  open,
  hits,
  agreed,
}: Report): string {
  const rows = [...hits].map(([rule, count]) => `${String(count).padStart(7)}  ${rule.id}`)
  return [
    `${requests} requests, seed ${seed}, ${seconds.toFixed(1)} s: ${alike} answered alike, ` +
      `${requests - alike - open} another way by a rule, ${open} unexplained`,
    '',
    '   hits  rule',
    ...rows,
    '',
    'agreed on',
    ...[...agreed].toSorted().map(([kind, count]) => `${String(count).padStart(7)}  ${kind}`),
  ].join('\n')
}

/** Writes a difference down so that it can be reproduced without the generator. */
export function reproduce(comparison: Comparison): string {
  const { plan, ours, theirs, open } = comparison
  // Where the verdicts differ, everything else does.
  const isVerdict = ours['status'] !== theirs['status'] || ours['auth'] !== theirs['auth']
  const fields = isVerdict ? ['auth'] : open
  const request = requestOf(plan)
  const headers = [...request.headers].map(([name, value]) => `  ${name}: ${value}`)
  return [
    `differs in: ${['status', ...fields].join(', ')}`,
    `plan: ${JSON.stringify(unusual(plan, PLAIN_REQUEST))}`,
    `${request.method} ${request.url}`,
    ...headers,
    ...describeOutcome('ours', ours, fields),
    ...describeOutcome('theirs', theirs, fields),
  ].join('\n')
}

function describeOutcome(title: string, outcome: Outcome, fields: readonly string[]): string[] {
  const shown = new Set(['status', 'reason', ...fields])
  return [
    `${title}:`,
    ...[...shown].map((field) => `  ${field}: ${outcome[field]?.slice(0, 300) ?? '(absent)'}`),
  ]
}

/** The parts of a plan that are not as in the plain one. */
function unusual(plan: object, plain: object): object {
  const usual = plain as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(plan).flatMap(([name, value]) => {
      if (typeof value !== 'object' || value === null) {
        return value === usual[name] ? [] : [[name, value]]
      }
      const part = unusual(value as object, usual[name] as object)
      return Object.keys(part).length === 0 ? [] : [[name, part]]
    }),
  )
}
