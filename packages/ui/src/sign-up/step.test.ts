import { describe, expect, it } from 'vitest'
import { decideMove, resumeStep, type Attempt } from './step.ts'

const NOW = 1_000
const SENT = { status: 'unverified', strategy: 'email_code', expireAt: new Date(NOW + 1) }

function attempt(change: object): Attempt {
  return {
    status: 'missing_requirements',
    missingFields: [],
    unverifiedFields: [],
    emailAddress: 'ada@example.com',
    createdSessionId: null,
    verifications: { emailAddress: { status: null, strategy: null, expireAt: null } },
    ...change,
  } as unknown as Attempt
}

function verifications(change: object): object {
  return { verifications: { emailAddress: { ...SENT, ...change } } }
}

describe('decideMove', () => {
  it.each([
    ['complete', { status: 'complete', createdSessionId: 'sess_1' }, 'finish'],
    ['complete without a session', { status: 'complete' }, 'unsupported'],
    ['nothing yet', { status: null }, 'start'],
    ['an abandoned attempt', { status: 'abandoned' }, 'start'],
    ['a missing username', { missingFields: ['username'] }, 'missing'],
    [
      'a missing field without a form',
      { missingFields: ['username', 'phone_number'] },
      'unsupported',
    ],
    ['an unproved address', { unverifiedFields: ['email_address'] }, 'send'],
    [
      'a missing field and an unproved address',
      { missingFields: ['username'], unverifiedFields: ['email_address'] },
      'missing',
    ],
    ['an unproved phone number', { unverifiedFields: ['phone_number'] }, 'unsupported'],
    ['nothing missing, and yet not complete', {}, 'unsupported'],
  ])('knows what follows from %s', (_, change, expected) => {
    const move = decideMove(attempt(change))
    expect(move.type === 'show' ? move.step.name : move.type).toBe(expected)
  })
})

describe('resumeStep', () => {
  it.each([
    ['no attempt', undefined, 'start'],
    ['a sent code', attempt(verifications({})), 'code'],
    ['an expired code', attempt(verifications({ expireAt: new Date(NOW) })), 'start'],
    ['a code that was never sent', attempt(verifications({ strategy: null })), 'start'],
    ['a used code', attempt(verifications({ status: 'verified' })), 'start'],
    ['missing fields', attempt({ ...verifications({}), missingFields: ['username'] }), 'start'],
    ['a finished attempt', attempt({ ...verifications({}), status: 'complete' }), 'start'],
  ])('picks up after a reload from %s', (_, current, expected) => {
    expect(resumeStep(current, NOW).name).toBe(expected)
  })
})
