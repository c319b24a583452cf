import { assert, emailAddress, pre, property } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseEmailAddress } from './email-address.ts'

describe('an e-mail address', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    ['  ADA@Example.COM ', 'ada@example.com'],
    ['a＠b.com', 'a@b.com'],
    ['oﬀice@example.com', 'office@example.com'],
    ['a@ｂ．com', 'a@b.com'],
    ['a+1@example.co.uk', 'a+1@example.co.uk'],
    ["o'neil@sub.example.museum", "o'neil@sub.example.museum"],
  ])('%j is stored as %j', (text, stored) => {
    expect(parseEmailAddress(text, 'email_address')).toBe(stored)
  })

  it.each([
    '',
    'a',
    '@b.com',
    'a@',
    'a@b',
    'a@b.c',
    'a@b.com,c@d.com',
    'a@b.com;c@d.com',
    'a@b.com c@d.com',
    'a@b.com\n',
    'a@b.com\r\nBcc: e@f.com',
    'a+1@',
    '"a b"@c.com',
    'a b@c.com',
    'a@b@c.com',
    '.a@b.com',
    'a.@b.com',
    'a..b@c.com',
    'a@-b.com',
    'a@b-.com',
    'a@b..com',
    'a@[127.0.0.1]',
    'a@127.0.0.1',
    '<a@b.com>',
    'Ada <a@b.com>',
    'ä@b.com',
    'a@b.com\0',
    `${'a'.repeat(65)}@b.com`,
    `a@${'b'.repeat(1024)}.com`,
  ])('%j is refused', (text) => {
    expect(() => parseEmailAddress(text, 'email_address')).toThrow('Invalid format')
  })

  it('is stable once stored, whatever was typed', () => {
    assert(
      property(emailAddress(), (text) => {
        const stored = tryParse(text)
        pre(stored !== null)
        expect(tryParse(stored ?? '')).toBe(stored)
      }),
    )
  })
})

function tryParse(text: string): string | null {
  try {
    return parseEmailAddress(text, 'email_address')
  } catch {
    return null
  }
}
