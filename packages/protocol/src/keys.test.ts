import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPublishableKey, instanceTypeOfSecretKey, parsePublishableKey } from './keys.ts'

const encode = (text: string): string => btoa(text)

describe('parsePublishableKey', () => {
  // oxfmt-ignore
  it.each([
    ['pk_test_ZGVtby5leGFtcGxlLmNvbSQ',                            'development', 'demo.example.com'],
    ['pk_live_Y2xlcmsuZXhhbXBsZS5jb20k',                           'production',  'clerk.example.com'],
    ['pk_live_Y2xlcmsuY2xlcmsuZGV2JA',                             'production',  'clerk.clerk.dev'],
    ['pk_live_Y2xlcmsuY2xlcmsuZGV2JA==',                           'production',  'clerk.clerk.dev'],
    ['pk_test_ZW5vdWdoLWFscGFjYS04Mi5jbGVyay5hY2NvdW50cy5sY2xjbGVyay5jb20k', 'development', 'enough-alpaca-82.clerk.accounts.lclclerk.com'],
    [`pk_test_${encode('localhost:4000$')}`,                       'development', 'localhost:4000'],
    [`pk_test_${encode('localhost$')}`,                            'development', 'localhost'],
    [`pk_test_${encode('127.0.0.1:4000$')}`,                       'development', '127.0.0.1:4000'],
    [`pk_test_${encode('[::1]:4000$')}`,                           'development', '[::1]:4000'],
  ])('reads %s', (key, instanceType, frontendApi) => {
    expect(parsePublishableKey(key)).toEqual({ key, instanceType, frontendApi })
  })

  // oxfmt-ignore
  it.each([
    ['undefined',             undefined],
    ['null',                  null],
    ['empty text',            ''],
    ['a number',              5],
    ['a secret key',          'sk_test_ZGVtby5leGFtcGxlLmNvbSQ'],
    ['another prefix',        'pk_prod_ZGVtby5leGFtcGxlLmNvbSQ'],
    ['upper case',            'PK_TEST_ZGVtby5leGFtcGxlLmNvbSQ'],
    ['no body',               'pk_test_'],
    ['a fourth field',        'pk_test_ZGVtby5leGFtcGxlLmNvbSQ_x'],
    ['no base64',             'pk_test_ä'],
    ['no dollar sign',        `pk_test_${encode('demo.example.com')}`],
    ['two dollar signs',      `pk_test_${encode('demo.example.com$$')}`],
    ['an inner dollar sign',  `pk_test_${encode('demo$example.com$')}`],
    ['only a dollar sign',    `pk_test_${encode('$')}`],
    ['text behind the dollar', `pk_test_${encode('demo.example.com$x')}`],
    ['a host without a dot',  `pk_test_${encode('example$')}`],
    ['a path',                `pk_test_${encode('example.com/x$')}`],
    ['a scheme',              `pk_test_${encode('https://example.com$')}`],
    ['credentials',           `pk_test_${encode('demo.example.com@evil.com$')}`],
    ['a query',               `pk_test_${encode('evil.com?demo.example.com$')}`],
    ['a fragment',            `pk_test_${encode('evil.com#demo.example.com$')}`],
    ['a backslash',           `pk_test_${encode('evil.com\\demo.example.com$')}`],
    ['white space',           `pk_test_${encode('evil.com demo.example.com$')}`],
    ['a line feed',           `pk_test_${encode('evil.com\n$')}`],
    ['an empty label',        `pk_test_${encode('example..com$')}`],
    ['a port with letters',   `pk_test_${encode('example.com:80a$')}`],
  ])('refuses %s', (_, key) => {
    expect(parsePublishableKey(key as string)).toBe(null)
  })

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `pk_test_${text}`),
        ),
        (key) => {
          expect([null, 'object'].includes(parsePublishableKey(key) && 'object')).toBe(true)
        },
      ),
    )
  })

  it('reads what createPublishableKey writes, without padding', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('development' as const, 'production' as const),
        fc.oneof(fc.domain(), fc.constantFrom('localhost:4000', '[::1]:1')),
        (instanceType, frontendApi) => {
          const key = createPublishableKey(instanceType, frontendApi)
          expect(key).not.toContain('=')
          expect(parsePublishableKey(key)).toEqual({ key, instanceType, frontendApi })
        },
      ),
    )
  })
})

describe('instanceTypeOfSecretKey', () => {
  it.each([
    ['sk_test_x', 'development'],
    ['test_x', 'development'],
    ['sk_live_x', 'production'],
    ['live_x', 'production'],
    ['sk_x', null],
    ['x_sk_test_', null],
    ['SK_TEST_X', null],
    ['', null],
  ])('%j is for %s', (key, instanceType) => {
    expect(instanceTypeOfSecretKey(key)).toBe(instanceType)
  })
})
