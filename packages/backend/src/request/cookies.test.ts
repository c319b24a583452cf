import { parsePublishableKey, originOfHost } from '@core/protocol'
import { describe, expect, it } from 'vitest'
import { NOW, SECONDS, createIssuer } from '../../test/issuer.ts'
import { parseToken } from '../session/token-gate.ts'
import { cookieNamesOf, parseCookies, selectCookies } from './cookies.ts'

const issuers = {
  production: await createIssuer({ type: 'production' }),
  development: await createIssuer({ type: 'development' }),
}
const foreign = await createIssuer({ name: 'b', host: 'clerk.other.com' })

const OLD = SECONDS - 40
const NEW = SECONDS - 5

interface Row {
  /** What the row says. */
  readonly rule: string
  readonly type?: 'production' | 'development'
  /** Plain and own `__session`: issue time, or a token. */
  readonly plain?: number | string
  readonly own?: number | string
  readonly plainUat?: string
  readonly ownUat?: string
  readonly isSuffixed: boolean
}

// oxfmt-ignore
const ROWS: readonly Row[] = [
  { rule: 'a plain session that cannot be read is in use',                    plain: 'garbage', own: NEW, ownUat: '1',                        isSuffixed: false },
  { rule: 'a plain session without an issuer is in use',                      plain: issuers.production.session({ iss: undefined }), own: NEW, ownUat: '1', isSuffixed: false },
  { rule: 'a plain session of another instance is not ours',                  plain: foreign.session(), own: NEW, ownUat: '1',                isSuffixed: true },
  { rule: 'an issuer that is no text is not ours',                            plain: issuers.production.session({ iss: 5 }), ownUat: '1',     isSuffixed: true },
  { rule: 'nothing of ours is there',                                         plain: NEW, plainUat: '1',                                      isSuffixed: false },
  { rule: 'nothing is there at all',                                                                                                          isSuffixed: false },
  { rule: 'the plain session is newer',                                       plain: NEW, own: OLD, plainUat: '1', ownUat: '1',               isSuffixed: false },
  { rule: 'the plain session is newer, and no clients are known',             plain: NEW, own: OLD,                                           isSuffixed: false },
  { rule: 'our session is newer',                                             plain: OLD, own: NEW, plainUat: '1', ownUat: '1',               isSuffixed: true },
  { rule: 'the plain session is the only one, though our client is known',      plain: NEW, ownUat: '1',                                        isSuffixed: false },
  { rule: 'both are equally old',                                             plain: NEW, own: NEW, plainUat: '1', ownUat: '1',               isSuffixed: true },
  { rule: 'the plain session is newer, but its client signed out',            plain: NEW, own: OLD, plainUat: '0', ownUat: '1',               isSuffixed: true },
  { rule: 'our client signed out, the plain one did not',                     own: NEW, plainUat: '1', ownUat: '0',                           isSuffixed: false },
  { rule: 'our client signed out, a plain one is not known',                  own: NEW, ownUat: '0',                                          isSuffixed: false },
  { rule: 'both clients signed out',                                          own: NEW, plainUat: '0', ownUat: '0',                           isSuffixed: true },
  { rule: 'in development the plain client signed out and our token is over', type: 'development', own: issuers.development.session({ exp: SECONDS }), plainUat: '0', ownUat: '1', isSuffixed: false },
  { rule: 'in development the plain client signed out, our token holds',      type: 'development', own: NEW, plainUat: '0', ownUat: '1',      isSuffixed: true },
  { rule: 'in production our token may be over',                              own: issuers.production.session({ exp: SECONDS }), plainUat: '0', ownUat: '1', isSuffixed: true },
  { rule: 'our client is not known',                                          own: NEW, plainUat: '0',                                        isSuffixed: false },
  { rule: 'our client is empty',                                              own: NEW, ownUat: '',                                           isSuffixed: false },
  { rule: 'only our client is known',                                         ownUat: '1',                                                    isSuffixed: true },
]

describe('selectCookies', () => {
  it.each(ROWS)('$rule: suffixed is $isSuffixed', async (row) => {
    const issuer = issuers[row.type ?? 'production']
    const key = parsePublishableKey(issuer.publishableKey)
    if (key === null) throw new Error('The key of the test is not valid')
    const names = await cookieNamesOf(key)
    const token = (value: number | string | undefined): string | undefined =>
      typeof value === 'number' ? issuer.session({ iat: value }) : value
    const values = {
      __session: token(row.plain),
      [names.session]: token(row.own),
      __client_uat: row.plainUat,
      [names.clientUat]: row.ownUat,
      __clerk_db_jwt: 'plain',
      [names.devBrowser]: 'own',
    }
    const header = Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${value}`)
      .join('; ')

    const selected = selectCookies(
      parseCookies(header),
      names,
      { instanceType: key.instanceType, issuers: [originOfHost(key.frontendApi)] },
      (text) => parseToken(text)?.claims ?? null,
      NOW,
    )
    expect(selected).toEqual({
      isSuffixed: row.isSuffixed,
      session: values[row.isSuffixed ? names.session : '__session'],
      clientUat: values[row.isSuffixed ? names.clientUat : '__client_uat'],
      devBrowser: row.isSuffixed ? 'own' : 'plain',
    })
  })
})

describe('parseCookies', () => {
  // oxfmt-ignore
  it.each([
    ['the first of a name',                 'a=1; a=2',                         { a: '1' }],
    ['no cookie out of another ones value', 'a=x%3B__session%3Dforged',         { a: 'x;__session=forged' }],
    ['malformed escapes as they are',       '__session=%E0%A4%A; b=%zz',        { __session: '%E0%A4%A', b: '%zz' }],
    ['names that objects inherit',          '__proto__=1; constructor=2; toString=3', { ['__proto__']: '1', constructor: '2', toString: '3' }],
    ['values with an equals sign',          'a=b=c',                            { a: 'b=c' }],
    ['surrounding quotes',                  'a="b"',                            { a: '"b"' }],
    ['nothing out of a header without one', 'novalue',                          {}],
  ])('reads %s', (_, header, expected) => {
    expect(Object.entries(parseCookies(header))).toEqual(Object.entries(expected))
  })

  it('inherits nothing', () => {
    expect(parseCookies(null)['toString']).toBeUndefined()
    expect(parseCookies('a=1')['toString']).toBeUndefined()
  })
})
