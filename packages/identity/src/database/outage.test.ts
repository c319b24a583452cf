import { describe, expect, it } from 'vitest'

import { isConflict, isConnectionLoss, isOutage } from './outage.ts'

const coded = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code })
const wrapped = (cause: unknown): Error => new Error('Failed query: …', { cause })

describe('an error of the database', () => {
  // oxfmt-ignore
  const ERRORS: readonly (readonly [string, Error, string])[] = [
    ['a deadlock',                     coded('40P01'), 'conflict outage'],
    ['a serialization failure',        coded('40001'), 'conflict outage'],
    ['a value that is taken',          coded('23505'), 'conflict'],
    ['a row that is gone',             coded('23503'), 'conflict'],
    ['a server that shuts down',       coded('57P01'), 'outage'],
    ['a server that starts',           coded('57P03'), 'outage'],
    ['a statement that took too long', coded('57014'), 'outage'],
    ['a lock that did not come free',  coded('55P03'), 'outage'],
    ['too many connections',           coded('53300'), 'outage'],
    ['a full disk',                    coded('53100'), 'outage'],
    ['a server that is read only',     coded('25006'), 'outage'],
    ['a database that is gone',        coded('3D000'), 'outage'],
    ['a connection refused',           coded('ECONNREFUSED'), 'outage loss'],
    ['a connection that broke',        new Error('Connection terminated unexpectedly'), 'outage loss'],
    ['a server that is silent',        new Error('Query read timeout'), 'outage loss'],
    ['a pool that is exhausted',       new Error('timeout exceeded when trying to connect'), 'outage loss'],
    ['a socket that is missing',       Object.assign(coded('ENOENT'), { syscall: 'connect' }), 'outage loss'],
    ['a certificate that is over',     coded('CERT_HAS_EXPIRED'), 'outage loss'],
    ['a certificate of another host',  coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'outage loss'],
    ['a server that lost its TLS',     new Error('The server does not support SSL connections'), 'outage loss'],
    ['a handshake that failed',        coded('ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'), 'outage loss'],
    ['a file that is missing',         Object.assign(coded('ENOENT'), { syscall: 'open' }), ''],
    ['a mistake in a statement',       coded('42601'), ''],
    ['a value that is missing',        coded('23502'), ''],
    ['something else',                 new TypeError('x is not a function'), ''],
  ]

  it.each(ERRORS)('is understood, wrapped or not: %s', (_what, error, meaning) => {
    for (const it of [error, wrapped(error), wrapped(wrapped(error))]) {
      const found = [
        isConflict(it) ? 'conflict' : [],
        isOutage(it) ? 'outage' : [],
        isConnectionLoss(it) ? 'loss' : [],
      ]
      expect(found.flat().join(' ')).toBe(meaning)
    }
  })

  it.each([[null], ['57P01'], [{ code: '57P01' }]])('may be no error at all: %j', (thrown) => {
    expect(isOutage(thrown)).toBe(false)
  })
})
