/** A mail server that keeps what it is given, and misbehaves on demand. */
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface MailServer {
  readonly port: number
  /** Messages that were taken, newest last. */
  readonly taken: readonly Message[]
  close(): Promise<void>
}

export interface Message {
  readonly to: readonly string[]
  readonly from: string
  readonly subject: string
  /** The body, decoded. */
  readonly text: string
  readonly isEncrypted: boolean
  /** Who handed it over, where the server asks. */
  readonly user: string | undefined
}

/** Starts a mail server. `options` are its library's: how it greets, who may speak to it, whom it takes mail for. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const taken: Message[] = []
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    hideSTARTTLS: true,
    logger: false,
    ...options,
    onData: async (stream, session, done) => {
      const [head = '', ...rest] = (await text(stream)).split('\r\n\r\n')
      const field = (name: string): string =>
        new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'im').exec(head)?.[1] ?? ''
      const body = rest.join('\r\n\r\n')
      taken.push({
        to: session.envelope.rcptTo.map(({ address }) => address),
        from: field('From'),
        subject: field('Subject'),
        text: field('Content-Transfer-Encoding') === 'quoted-printable' ? decode(body) : body,
        isEncrypted: session.secure,
        user: session.user,
      })
      done()
    },
  })
  // A client that gives up in the middle is no error of the server's.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.server.address() as AddressInfo).port,
    taken,
    close: () =>
      new Promise((resolve) => {
        for (const connection of server.connections) connection.close()
        server.close(resolve)
      }),
  }
}

function decode(quoted: string): string {
  const bytes = quoted
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
