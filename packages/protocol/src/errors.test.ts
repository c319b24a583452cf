import { describe, expect, it } from 'vitest'
import { errorsOf } from './errors.ts'

describe('errorsOf', () => {
  it('reads the errors of a body', () => {
    const errors = [{ code: 'a', message: 'm' }]
    expect(errorsOf({ errors })).toEqual(errors)
  })

  it.each([
    ['null', null],
    ['text', 'errors'],
    ['no errors', {}],
    ['errors that are no list', { errors: { code: 'a' } }],
    ['errors without a code', { errors: [null, 5, 'a', {}, { code: 5 }] }],
  ])('finds none in %s', (_, body) => {
    expect(errorsOf(body)).toEqual([])
  })
})
