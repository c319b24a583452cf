import { describe, expect, it } from 'vitest'
import { decideMove, methodsOf, resumeStep, type Attempt } from './step.ts'

const PASSWORD = { strategy: 'password' }
const CODE = { strategy: 'email_code', emailAddressId: 'idn_1', safeIdentifier: 'ada@example.com' }
const OTHER = {
  strategy: 'email_code',
  emailAddressId: 'idn_2',
  safeIdentifier: 'b***@example.com',
}
const RESET = { ...CODE, strategy: 'reset_password_email_code' }
const NOW = 1_000

function attempt(change: object): Attempt {
  return {
    status: 'needs_first_factor',
    identifier: 'ada@example.com',
    supportedFirstFactors: [],
    firstFactorVerification: { status: null, strategy: null, expireAt: null },
    createdSessionId: null,
    ...change,
  } as unknown as Attempt
}

describe('decideMove', () => {
  it.each([
    ['complete', { status: 'complete', createdSessionId: 'sess_1' }, 'finish'],
    ['complete without a session', { status: 'complete' }, 'unsupported'],
    ['a new password', { status: 'needs_new_password' }, 'new-password'],
    ['nothing yet', { status: null }, 'start'],
    ['an identifier', { status: 'needs_identifier' }, 'start'],
    ['a second factor', { status: 'needs_second_factor' }, 'unsupported'],
    ['trust in the device', { status: 'needs_client_trust' }, 'unsupported'],
    ['a status of the future', { status: 'needs_a_dance' }, 'unsupported'],
    ['no factor', { supportedFirstFactors: null }, 'unsupported'],
    [
      'unknown factors only',
      { supportedFirstFactors: [{ strategy: 'totp' }, RESET] },
      'unsupported',
    ],
    ['a password', { supportedFirstFactors: [PASSWORD, CODE] }, 'password'],
    ['a password listed last', { supportedFirstFactors: [CODE, PASSWORD] }, 'password'],
    ['a code only', { supportedFirstFactors: [CODE, RESET] }, 'send'],
  ])('knows what follows from %s', (_, change, expected) => {
    const move = decideMove(attempt(change), 'password')
    expect(move.type === 'show' ? move.step.name : move.type).toBe(expected)
  })

  it('opens a code first where the instance prefers that', () => {
    const move = decideMove(attempt({ supportedFirstFactors: [PASSWORD, CODE] }), 'otp')
    expect(move).toEqual({ type: 'send', factor: CODE })
  })

  it('falls back to the password where there is no code', () => {
    const move = decideMove(attempt({ supportedFirstFactors: [PASSWORD] }), 'otp')
    expect(move).toEqual({ type: 'show', step: { name: 'password' } })
  })

  it('sends the code to the address that was typed', () => {
    expect(methodsOf(attempt({ supportedFirstFactors: [OTHER, CODE, PASSWORD] }))).toEqual([
      PASSWORD,
      CODE,
      OTHER,
    ])
  })
})

describe('resumeStep', () => {
  const factors = { supportedFirstFactors: [PASSWORD, CODE, RESET] }
  const sent = { status: 'unverified', strategy: 'email_code', expireAt: new Date(NOW + 1) }

  it.each([
    ['no attempt', undefined, 'start'],
    ['a sent code', attempt({ ...factors, firstFactorVerification: sent }), 'code'],
    [
      'a sent reset code',
      attempt({ ...factors, firstFactorVerification: { ...sent, strategy: RESET.strategy } }),
      'code',
    ],
    [
      'an expired code',
      attempt({ ...factors, firstFactorVerification: { ...sent, expireAt: new Date(NOW) } }),
      'start',
    ],
    [
      'a used code',
      attempt({ ...factors, firstFactorVerification: { ...sent, status: 'verified' } }),
      'start',
    ],
    ['a code that is not on offer', attempt({ firstFactorVerification: sent }), 'start'],
    [
      'a password in progress',
      attempt({ ...factors, firstFactorVerification: { ...sent, strategy: 'password' } }),
      'start',
    ],
    ['an accepted reset code', attempt({ status: 'needs_new_password' }), 'new-password'],
  ])('picks up after a reload from %s', (_, current, expected) => {
    expect(resumeStep(current, NOW).name).toBe(expected)
  })
})
