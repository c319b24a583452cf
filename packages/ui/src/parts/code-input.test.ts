import { expect, it } from 'vitest'
import { digitsOf } from './code-input.tsx'

it.each([
  ['424242', '424242'],
  ['424 242', '424242'],
  [' 42-42-42\n', '424242'],
  ['Your code: 424242.', '424242'],
  ['４２４２４２', '424242'],
  ['4242429', '424242'],
  ['12a', '12'],
  ['', ''],
])('reads the digits of %j', (text, digits) => {
  expect(digitsOf(text)).toBe(digits)
})
