import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStrictJson } from './strict-json.ts'

describe('parseStrictJson', () => {
  it('reads all that JSON.parse reads where no member stands twice', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        // What was parsed once has no duplicates left.
        const unique = JSON.stringify(JSON.parse(text))
        expect(parseStrictJson(unique)).toEqual(JSON.parse(unique))
      }),
    )
  })

  // oxfmt-ignore
  it.each([
    ['at the top',         '{"a":1,"a":2}'],
    ['with equal values',  '{"a":1,"a":1}'],
    ['further down',       '{"x":[{"a":1,"b":2,"a":3}]}'],
    ['spelled otherwise',  String.raw`{"a":1,"\u0061":2}`],
    ['apart',              '{"a" : {"b":1} , "c":2, "a" : 3}'],
    ['named __proto__',    '{"__proto__":1,"__proto__":2}'],
    ['with quotes inside', String.raw`{"a\":":1,"b":"\\","a\":":2}`],
    ['as a number',        '{"1":1,"1":2}'],
  ])('refuses a member that stands twice %s', (_, text) => {
    expect(() => parseStrictJson(text)).toThrow(SyntaxError)
  })

  // oxfmt-ignore
  it.each([
    ['colons in strings',           '{"a":"b:c","d:":":"}'],
    ['escaped quotes',              String.raw`{"a":"\":\"","b\"":1}`],
    ['the same name at two levels', '{"a":{"a":{"a":1}}}'],
    ['lists of objects',            '[{"a":1},{"a":2}]'],
  ])('is not misled by %s', (_, text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text))
  })

  it('follows 64 levels and no more', () => {
    const levels = '['.repeat(64) + ']'.repeat(64)
    expect(() => parseStrictJson(levels)).not.toThrow()
    expect(() => parseStrictJson(`[${levels}]`)).toThrow(SyntaxError)
  })
})
