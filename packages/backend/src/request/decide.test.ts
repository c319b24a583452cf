import { describe, expect, it } from 'vitest'
import { type Facts, decide, wantsHandshake } from './decide.ts'
import { refreshReason } from './reasons.ts'

const VALUES: { readonly [K in keyof Facts]: readonly Facts[K][] } = {
  handshake: ['absent', 'unverified', 'signed_in', 'signed_out', 'unknown', 'refused', 'lost'],
  carrier: ['header', 'cookie'],
  instance: ['development', 'production'],
  sync: ['none', 'unasked', 'of_satellite', 'of_primary'],
  devBrowser: ['absent', 'in_cookie', 'in_query'],
  client: ['signed_in', 'signed_out'],
  isStale: [true, false],
  session: [
    'absent',
    'unverified',
    'valid',
    'early',
    'future',
    'refused',
    'expired',
    'expired_not_get',
    'expired_no_refresh_cookie',
    'refreshed',
    'refresh_failed',
  ],
  isCrossOrigin: [true, false],
  organization: ['as_asked', 'other'],
  canHandshake: [true, false],
}
const NAMES = Object.keys(VALUES) as readonly (keyof Facts)[]

function combine(names: readonly (keyof Facts)[]): readonly Partial<Facts>[] {
  const [name, ...rest] = names
  if (name === undefined) return [{}]
  return VALUES[name].flatMap((value) =>
    combine(rest).map((facts) => ({ [name]: value, ...facts })),
  )
}

const ALL = combine(NAMES) as readonly Facts[]

function show(facts: Facts): string {
  const decision = decide(facts)
  const reason = 'reason' in decision ? ` (${decision.reason ?? 'as what failed says'})` : ''
  return decision.verdict + reason
}

/** Prints the decisions of all combinations. Values that lead to the same decisions stand together. */
function print(open: readonly (keyof Facts)[], known: Partial<Facts>): readonly string[] {
  const [name, ...rest] = open
  if (name === undefined) return [`→ ${show(known as Facts)}`]
  if (name === 'canHandshake') {
    const [can, cannot] = [true, false].map((value) =>
      show({ ...known, canHandshake: value } as Facts),
    )
    return [can === cannot ? `→ ${can}` : `→ ${can}, else ${cannot}`]
  }
  const groups = new Map<string, Facts[keyof Facts][]>()
  for (const value of VALUES[name]) {
    const lines = print(rest, { ...known, [name]: value }).join('\n')
    groups.set(lines, [...(groups.get(lines) ?? []), value])
  }
  return [...groups].flatMap(([lines, values]) =>
    lines
      .split('\n')
      .map((line) => (groups.size === 1 ? line : `${name}=${values.join('|')} ${line}`)),
  )
}

describe('decide', () => {
  it('decides every combination of facts like this', () => {
    expect(print(NAMES, {}).join('\n')).toMatchSnapshot()
  })

  it('is total', () => {
    expect(ALL).toHaveLength(7 * 2 * 2 * 4 * 3 * 2 * 2 * 11 * 2 * 2 * 2)
    expect(ALL.map((facts) => decide(facts).verdict)).not.toContain(undefined)
  })

  it('signs in only a valid session: one that is fresh, or that a verified handshake brought', () => {
    const signedIn = ALL.filter((facts) => decide(facts).verdict === 'sign_in')
    expect(signedIn).not.toHaveLength(0)
    const unproved = signedIn.filter(
      ({ handshake, carrier, client, session, isStale }) =>
        handshake !== 'signed_in' &&
        !(
          (session === 'valid' || session === 'refreshed') &&
          (carrier === 'header' || (client === 'signed_in' && !isStale))
        ),
    )
    expect(unproved).toEqual([])
  })

  it('never starts a handshake that cannot be', () => {
    const started = ALL.filter((facts) => decide(facts).verdict === 'handshake')
    expect(started.filter(({ canHandshake }) => !canHandshake)).toEqual([])
  })

  it('asks for a proof only while it is open, so that deciding comes to an end', () => {
    const settled = ALL.filter((facts) => {
      const { verdict } = decide(facts)
      if (verdict === 'resolve') return facts.handshake !== 'unverified'
      if (verdict === 'refresh') return facts.session !== 'expired'
      return verdict === 'verify' && facts.session !== 'unverified'
    })
    expect(settled).toEqual([])
  })

  it('names the reason of every request that is not signed in', () => {
    const unexplained = ALL.filter((facts) => {
      const decision = decide(facts)
      // Without a reason of its own, what was refused or failed explains it.
      const isRefused =
        facts.session === 'refused' ||
        facts.session === 'refresh_failed' ||
        facts.handshake === 'unknown'
      return 'reason' in decision && decision.reason === null && !isRefused
    })
    expect(unexplained).toEqual([])
  })
})

describe('wantsHandshake', () => {
  it('is true exactly where the load of a page would be a handshake', () => {
    const wrong = ALL.filter((facts) => !facts.canHandshake).filter((facts) => {
      const decision = decide(facts)
      // Who is signed in already is not asked about.
      if (decision.verdict === 'sign_in') return false
      const page = decide({ ...facts, canHandshake: true })
      // A refresh that failed names its own reason.
      const isFailure = page.verdict === 'handshake' && page.reason === null
      const own = decision.verdict === 'sign_out' ? decision.reason : null
      const reason = isFailure ? refreshReason('fetch-error') : own
      return wantsHandshake(reason) !== (page.verdict === 'handshake')
    })
    expect(wrong).toEqual([])
  })
})
