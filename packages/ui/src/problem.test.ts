import { describe, expect, it } from 'vitest'
import { hasCode, sessionIdOf, summaryOf, toProblem } from './problem.ts'
import { en } from './text/en.ts'

function failure(...errors: readonly object[]): object {
  return { errors: errors.map((error) => ({ message: 'Short.', meta: {}, ...error })) }
}

const FIELDS = ['emailAddress', 'password']

describe('toProblem', () => {
  it.each([
    [
      'a code with its parameter before the code alone',
      failure({ code: 'form_identifier_exists', meta: { paramName: 'email_address' } }),
      { emailAddress: en.error.form_identifier_exists__email_address },
      null,
    ],
    [
      'a code that has no text as the server put it',
      failure({ code: 'x', longMessage: 'Long.', meta: { paramName: 'password' } }),
      { password: 'Long.' },
      null,
    ],
    ['the short text where there is no long one', failure({ code: 'x' }), {}, 'Short.'],
    [
      'a field that is not on the screen above the form',
      failure({
        code: 'form_identifier_exists',
        longMessage: 'Taken.',
        meta: { paramName: 'phone_number' },
      }),
      {},
      'Taken.',
    ],
    [
      'the first of two errors about a field, and general ones once',
      failure(
        { code: 'a', message: 'First.', meta: { paramName: 'password' } },
        { code: 'b', message: 'Second.', meta: { paramName: 'password' } },
        { code: 'c', message: 'General.' },
        { code: 'd', message: 'General.' },
      ),
      { password: 'First.' },
      'General.',
    ],
    ['a failure of the client by its code', { code: 'network_error' }, {}, en.error.network_error],
    ['a code that is a name of every object', failure({ code: 'constructor' }), {}, 'Short.'],
    ['an unknown failure without its words', new TypeError('secret'), {}, en.error.unknown],
    ['nothing at all', undefined, {}, en.error.unknown],
    ['no errors in the answer', { errors: [] }, {}, en.error.unknown],
  ])('shows %s', (_, error, fields, form) => {
    expect(toProblem(error, FIELDS, en)).toMatchObject({ fields, form })
  })
})

describe('the questions about a failure', () => {
  const error = failure({ code: 'session_exists' }, { code: 'x', meta: { sessionId: 'sess_1' } })

  it('are answered from its codes and its session', () => {
    expect(hasCode(error, ['session_exists'])).toBe(true)
    expect(hasCode(error, ['user_locked'])).toBe(false)
    expect(hasCode(new Error('x'), ['user_locked'])).toBe(false)
    expect(sessionIdOf(error)).toBe('sess_1')
    expect(sessionIdOf(new Error('x'))).toBeUndefined()
  })

  it('are summed up for a screen without fields', () => {
    expect(summaryOf(null)).toBeNull()
    expect(summaryOf({ form: 'A.', fields: { password: 'B.' }, codes: [] })).toBe('A. B.')
  })
})
