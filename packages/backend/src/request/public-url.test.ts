import { describe, expect, it } from 'vitest'
import { publicUrlOf } from './public-url.ts'

const URL_OF_REQUEST = 'http://127.0.0.1:3000/page?a=b'

describe('publicUrlOf', () => {
  // oxfmt-ignore
  it.each([
    ['the request itself, without a host',         {},                                                                        'http://127.0.0.1:3000/page?a=b'],
    ['the host',                                   { host: 'app.example.com' },                                               'http://app.example.com/page?a=b'],
    ['the forwarded host before the host',         { host: 'a.com', 'x-forwarded-host': 'b.com' },                            'http://b.com/page?a=b'],
    ['the forwarded scheme',                       { host: 'a.com', 'x-forwarded-proto': 'https' },                           'https://a.com/page?a=b'],
    ['the first of several',                       { 'x-forwarded-host': 'a.com, b.com', 'x-forwarded-proto': 'https,http' }, 'https://a.com/page?a=b'],
    ['ports',                                      { host: 'localhost:3001' },                                                'http://localhost:3001/page?a=b'],
    ['IPv6',                                       { host: '[::1]:3001' },                                                    'http://[::1]:3001/page?a=b'],
    ['upper case',                                 { host: 'APP.example.COM' },                                               'http://app.example.com/page?a=b'],
    ['no scheme but http and https',               { host: 'a.com', 'x-forwarded-proto': 'javascript' },                      'http://127.0.0.1:3000/page?a=b'],
    ['no host with credentials',                   { host: 'evil.com@a.com' },                                                'http://127.0.0.1:3000/page?a=b'],
    ['no host with a port and credentials',        { host: 'a.com:80@evil.com' },                                             'http://127.0.0.1:3000/page?a=b'],
    ['no host with a path',                        { host: 'a.com/x' },                                                       'http://127.0.0.1:3000/page?a=b'],
    ['no host with a backslash',                   { host: 'a.com\\@evil.com' },                                             'http://127.0.0.1:3000/page?a=b'],
    ['no host with a query',                       { host: 'a.com?' },                                                        'http://127.0.0.1:3000/page?a=b'],
    ['no host with a space',                       { host: 'a.com evil.com' },                                                'http://127.0.0.1:3000/page?a=b'],
    ['no port out of range',                       { host: 'a.com:99999' },                                                   'http://127.0.0.1:3000/page?a=b'],
    ['no malformed IPv6 address',                  { host: '[::::]' },                                                        'http://127.0.0.1:3000/page?a=b'],
  ])('takes %s', (_, headers, expected) => {
    expect(publicUrlOf(new Request(URL_OF_REQUEST, { headers })).href).toBe(expected)
  })

  it.each([
    '//evil.example/x',
    '///evil.example',
    '/\\evil.example',
    '/%2f%2fevil.example',
    '/.//evil.example',
  ])('keeps its host whatever the path: %s', (path) => {
    const request = new Request(`http://127.0.0.1:3000${path}`, {
      headers: { host: 'app.example.com', 'x-forwarded-proto': 'https' },
    })
    expect(publicUrlOf(request).origin).toBe('https://app.example.com')
  })
})
