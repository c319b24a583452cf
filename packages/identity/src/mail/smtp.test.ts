/** Which mail servers are trusted with mails: how they encrypt, and who they say they are. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, expect, it } from 'vitest'

import type { Instance } from '../instances/instance.ts'
import { createSmtpMailer } from './mailer.ts'

let server: SMTPServer | undefined
afterEach(() => new Promise<void>((resolve) => server?.close(resolve)))

/** Sends one mail to a server of that kind, and tells whether the server has it, encrypted or not. */
async function send(
  options: SMTPServerOptions,
  toUrl: (host: string) => string,
): Promise<'encrypted' | 'in the clear' | 'refused'> {
  let got: 'encrypted' | 'in the clear' | 'refused' = 'refused'
  server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    ...options,
    onData: (stream, session, done) => {
      stream.resume().once('end', () => {
        got = session.secure ? 'encrypted' : 'in the clear'
        done()
      })
    },
  })
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  const mailer = createSmtpMailer(toUrl(`127.0.0.1:${port}`), 'no-reply@example.com')
  await mailer
    .send({} as Instance, { to: 'ada@example.com', subject: 'Hello', text: 'Hello' })
    .catch(() => undefined)
  return got
}

const PLAIN = { hideSTARTTLS: true }
const STARTTLS = {}
const TLS = { secure: true }

/** The certificates here are nobody's. */
// oxfmt-ignore
it.each([
  ['smtps, trusted',                       TLS,      (host: string) => `smtps://${host}?tls.rejectUnauthorized=false`,                'encrypted'],
  ['smtps, not trusted',                   TLS,      (host: string) => `smtps://${host}`,                                             'refused'],
  ['smtp that offers STARTTLS',            STARTTLS, (host: string) => `smtp://${host}?tls.rejectUnauthorized=false`,                 'encrypted'],
  ['smtp that offers it, not trusted',     STARTTLS, (host: string) => `smtp://${host}`,                                              'refused'],
  ['smtp without it',                      PLAIN,    (host: string) => `smtp://${host}`,                                              'in the clear'],
  ['smtp without it where TLS is a must',  PLAIN,    (host: string) => `smtp://${host}?requireTLS=true`,                              'refused'],
] as const)('a mail over %s', async (_kind, options, toUrl, expected) => {
  expect(await send(options, toUrl)).toBe(expected)
})
