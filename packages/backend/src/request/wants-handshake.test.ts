import { describe, expect, it } from 'vitest'
import { type Facts, decide } from './decide.ts'
import { wantsHandshake } from './wants-handshake.ts'

const FACTS: Facts = {
  carrier: 'cookie',
  instance: 'development',
  handshake: 'absent',
  devBrowser: 'in_cookie',
  client: 'signed_in',
  session: 'valid',
  isStale: false,
  canHandshake: true,
}

// oxfmt-ignore
const CASES: readonly Partial<Facts>[] = [
  { devBrowser: 'absent' },
  { devBrowser: 'in_query' },
  { client: 'signed_out' },
  { session: 'absent' },
  { client: 'signed_out', session: 'absent' },
  { isStale: true },
  { session: 'expired' },
  { session: 'early' },
  { session: 'future' },
]

describe('wantsHandshake', () => {
  it.each(CASES)('is true exactly where the load of a page would be a handshake: %o', (facts) => {
    const { verdict } = decide({ ...FACTS, ...facts })
    const decision = decide({ ...FACTS, ...facts, canHandshake: false })
    const reason = 'reason' in decision ? decision.reason : null
    expect(wantsHandshake(reason)).toBe(verdict === 'handshake')
  })

  it('is false for whoever is signed in', () => {
    expect(wantsHandshake(null)).toBe(false)
  })
})
