import { describe, expect, it } from 'vitest'
import { accountPortalOrigin, isLoopbackHost, originOfHost } from './hosts.ts'

describe('isLoopbackHost', () => {
  it.each([
    'localhost',
    'localhost:4000',
    'LOCALHOST',
    'app.localhost',
    'a.b.localhost:80',
    '127.0.0.1',
    '127.0.0.1:4000',
    '127.255.0.9',
    '[::1]',
    '[::1]:4000',
  ])('%s is this machine', (host) => {
    expect(isLoopbackHost(host)).toBe(true)
  })

  it.each([
    'example.com',
    'localhost.com',
    'notlocalhost',
    'localhost.evil.com:4000',
    '127.0.0.1.evil.com',
    '127.0.0',
    '1270.0.0.1',
    '128.0.0.1',
    '10.0.0.1',
    '[::2]',
    '::1',
    '',
  ])('%j is not', (host) => {
    expect(isLoopbackHost(host)).toBe(false)
  })
})

describe('originOfHost', () => {
  it.each([
    ['clerk.example.com', 'https://clerk.example.com'],
    ['clerk.example.com:8443', 'https://clerk.example.com:8443'],
    ['localhost:4000', 'http://localhost:4000'],
    ['127.0.0.1', 'http://127.0.0.1'],
    ['[::1]:4000', 'http://[::1]:4000'],
    ['clerk.localhost', 'http://clerk.localhost'],
  ])('%s is reached at %s', (host, origin) => {
    expect(originOfHost(host)).toBe(origin)
  })
})

describe('accountPortalOrigin', () => {
  // oxfmt-ignore
  it.each([
    ['clerk.shop.example',                    'https://accounts.shop.example'],
    ['happy-cat-7.clerk.accounts.dev',        'https://happy-cat-7.accounts.dev'],
    ['happy-cat-7.clerk.accountsstage.dev',   'https://happy-cat-7.accountsstage.dev'],
    ['clerk.happy.cat-7.lcl.dev',             'https://accounts.happy.cat-7.lcl.dev'],
    ['my-clerk.shop.example',                 'https://my-accounts.shop.example'],
    ['auth.shop.example',                     'https://auth.shop.example'],
    ['localhost:4000',                        'http://localhost:4000'],
    ['clerk.localhost:4000',                  'http://accounts.localhost:4000'],
  ])('of %s is %s', (host, origin) => {
    expect(accountPortalOrigin(host)).toBe(origin)
  })
})
