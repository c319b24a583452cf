/** Ours beside the protocol's other implementation, as npm has it: same keys, same clock, same requests. */
import { beforeAll, describe, expect, it } from 'vitest'

import { type Report, run } from './compare.ts'
import { describeReport, reproduce } from './report.ts'
import { RULES } from './rules.ts'

/** More, and of other seeds: `pnpm --filter conformance differential -- --count 100000 --seed 7`. */
const REQUESTS = 4000
const SEED = 1

/** Answers that enough requests must come to, or the comparison would mean little. */
const KINDS = [
  'signed-in null',
  'signed-out session-token-and-uat-missing',
  'signed-out session-token-missing',
  'signed-out jwk-kid-mismatch',
  'signed-out token-invalid',
  'signed-out token-invalid-algorithm',
  'signed-out token-invalid-authorized-parties',
  'signed-out token-invalid-signature',
  'signed-out token-type-mismatch',
  'signed-out token-verification-failed',
  'handshake active-organization-mismatch',
  'handshake client-uat-but-no-session-token',
  'handshake dev-browser-missing',
  'handshake dev-browser-sync',
  'handshake primary-domain-cross-origin-sync',
  'handshake primary-responds-to-syncing',
  'handshake satellite-needs-syncing',
  'handshake session-token-but-no-client-uat',
  'handshake session-token-expired-refresh-invalid-session-token',
  'handshake session-token-expired-refresh-non-eligible-no-refresh-cookie',
  'handshake session-token-iat-before-client-uat',
  'handshake session-token-iat-in-the-future',
  'handshake session-token-nbf',
] as const

describe(`${REQUESTS} generated requests, answered by ours and by @clerk/backend`, () => {
  let report: Report

  beforeAll(async () => {
    report = await run(SEED, REQUESTS)
    process.stdout.write(`\n${describeReport(report)}\n`)
  }, 180_000)

  it('get the same answer, but where a rule of ours says another', () => {
    const text = report.examples.map(reproduce).join('\n\n')
    expect(report.open, `seed ${SEED}\n\n${text}`).toBe(0)
  })

  it.each(RULES.map((rule) => [rule.id, rule.rule, rule] as const))(
    'need the rule %s: %s',
    (_, __, rule) => expect(report.dead).not.toContain(rule),
  )

  it.each(KINDS)('reach an answer on which both agree: %s', (kind) => {
    expect(report.agreed.get(kind) ?? 0).toBeGreaterThan(2)
  })
})
