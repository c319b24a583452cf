import { describe, expect, it } from 'vitest'
import { COOKIES, cookieSuffix, suffixedCookie } from './cookies.ts'

describe('cookieSuffix', () => {
  // oxfmt-ignore
  it.each([
    ['pk_test_ZGVtby5leGFtcGxlLmNvbSQ',  '-7dJC8Mw'],
    ['pk_live_Y2xlcmsuZXhhbXBsZS5jb20k', 'naoXFJnI'],
    ['pk_live_Y2xlcmsuY2xlcmsuZGV2JA',   '1Z8AzTQD'],
    ['pk_test_Y2xlcmsuY2xlcmsuZGV2JA',   'QvfNY2dr'],
    ['pk_test_ZW5vdWdoLWFscGFjYS04Mi5jbGVyay5hY2NvdW50cy5sY2xjbGVyay5jb20k', 'jtYvyt_H'],
  ])('of %s is %s', async (key, suffix) => {
    expect(await cookieSuffix(key)).toBe(suffix)
  })

  it('differs with the padding of the key, which is part of it', async () => {
    const key = 'pk_live_Y2xlcmsuY2xlcmsuZGV2JA'
    expect(await cookieSuffix(`${key}==`)).not.toBe(await cookieSuffix(key))
  })
})

describe('suffixedCookie', () => {
  it('names a cookie of one instance', () => {
    expect(suffixedCookie(COOKIES.session, '1Z8AzTQD')).toBe('__session_1Z8AzTQD')
    expect(suffixedCookie(COOKIES.clientUat, '1Z8AzTQD')).toBe('__client_uat_1Z8AzTQD')
  })
})
