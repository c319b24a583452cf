import { describe, expect, it } from 'vitest'

import { SETTING_NAMES, parseSettingArguments, resolveSettings } from './settings.ts'

describe('settings', () => {
  it('have these defaults', () => {
    expect(resolveSettings({})).toMatchSnapshot()
  })

  it.each([
    ['session_token_lifetime=8', { session_token_lifetime: 8 }],
    ['single_session_mode=false', { single_session_mode: false }],
    ['application_name=A = B', { application_name: 'A = B' }],
    [
      'allowed_origins=https://a.com,http://localhost:3000',
      { allowed_origins: ['https://a.com', 'http://localhost:3000'] },
    ],
    ['home_url=', { home_url: '' }],
  ])('are read from %j', (pair, changes) => {
    expect(parseSettingArguments([pair])).toEqual(changes)
  })

  it.each([
    'sesion_token_lifetime=8',
    '__proto__=1',
    'constructor=1',
    'session_token_lifetime',
    '=8',
  ])('that do not exist are refused with the list of those that do: %s', (pair) => {
    expect(() => parseSettingArguments([pair])).toThrow(SETTING_NAMES.join(', '))
  })

  it.each([
    'session_token_lifetime=0',
    'session_token_lifetime=1.5',
    'session_token_lifetime=',
    'single_session_mode=yes',
    'sign_up_mode=private',
    'allowed_origins=https://a.com/path',
    'allowed_origins=*',
    'allowed_origins=javascript:x',
    'home_url=javascript:alert(1)',
    'password_min_length=7',
    'proxy_url=/__clerk',
    'proxy_url=ftp://example.com',
    'proxy_url=https://example.com/__clerk?a=1',
    'proxy_url=https://user@example.com/__clerk',
  ])('of the wrong kind are refused: %s', (pair) => {
    expect(() => parseSettingArguments([pair])).toThrow(/is not valid/)
  })

  it('that are stored broken are an error, not a default', () => {
    expect(() => resolveSettings({ session_token_lifetime: 'x' })).toThrow(/session_token_lifetime/)
  })
})
