import { describe, expect, it } from 'vitest'
import { mergeHeaders } from './merge-headers.ts'

function merged(
  existing: readonly [string, string][],
  added: readonly [string, string][],
): Headers {
  const target = new Headers(existing.map(([name, value]): [string, string] => [name, value]))
  const source = new Headers()
  for (const [name, value] of added) source.append(name, value)
  mergeHeaders(target, source)
  return target
}

describe('mergeHeaders', () => {
  it('keeps every cookie of both sides', () => {
    const headers = merged(
      [['set-cookie', 'a=1']],
      [
        ['set-cookie', 'b=2; Path=/'],
        ['set-cookie', 'c=3; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
      ],
    )
    expect(headers.getSetCookie()).toEqual([
      'a=1',
      'b=2; Path=/',
      'c=3; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    ])
  })

  // oxfmt-ignore
  it.each([
    { existing: 'public, max-age=3600', added: 'private, no-store', result: 'private, no-store' },
    { existing: 'private, no-store',    added: 'max-age=60',        result: 'private, no-store' },
    { existing: 'No-Store',             added: 'public',            result: 'No-Store' },
    { existing: 'no-cache',             added: 'private',           result: 'no-cache, private' },
  ])('lets no-store win: $existing + $added', ({ existing, added, result }) => {
    const headers = merged([['cache-control', existing]], [['cache-control', added]])
    expect(headers.get('cache-control')).toBe(result)
  })

  it.each([
    'location',
    'content-type',
    'content-length',
    'retry-after',
    'access-control-allow-origin',
  ])('replaces %s, which can have one value only', (name) => {
    expect(merged([[name, '1']], [[name, '2']]).get(name)).toBe('2')
  })

  it('appends what may have several values', () => {
    expect(merged([['vary', 'accept']], [['vary', 'cookie']]).get('vary')).toBe('accept, cookie')
  })
})
