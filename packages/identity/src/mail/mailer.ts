import { createTransport } from 'nodemailer'

import type { Database } from '../database/database.ts'
import { outbox } from '../database/schema.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'

/** A mail to one person. */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** The code inside, for the development outbox. */
  readonly code?: string
}

/** Hands mails over. Rejects if that fails: the caller then lets the person ask again at once. */
export interface Mailer {
  send(instance: Instance, mail: Mail): Promise<void>
}

/** How long handing a mail over may take: somebody waits for the answer. */
const HANDOVER_MS = 10_000

/** How long a mail server may be silent, where its address says nothing else. */
const SILENCE_MS = {
  connectionTimeout: 5000,
  greetingTimeout: 5000,
  socketTimeout: 8000,
  dnsTimeout: 5000,
} as const

/**
 * Sends over SMTP. The query of the address may change how: `?requireTLS=true`, `?socketTimeout=2000`.
 * A server that takes too long has not taken the mail.
 */
export function createSmtpMailer(url: string, from: string): Mailer {
  const address = new URL(url)
  for (const [name, ms] of Object.entries(SILENCE_MS)) {
    if (!address.searchParams.has(name)) address.searchParams.set(name, String(ms))
  }
  const transport = createTransport(address.href, {
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    send: async (_instance, { to, subject, text }) => {
      const sent = transport.sendMail({ from, to: { name: '', address: to }, subject, text })
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
          reject(new Error('The mail server took too long.'))
        }, HANDOVER_MS)
      })
      try {
        await Promise.race([sent, late])
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

/** Keeps mails in the database, to be read at `/dev/outbox`. */
export function createOutboxMailer(database: Database, now: () => number): Mailer {
  return {
    send: async (instance, mail) => {
      const createdAt = now()
      await database.insert(outbox).values({
        id: newId('mail', createdAt),
        instanceId: instance.id,
        recipient: mail.to,
        subject: mail.subject,
        text: mail.text,
        code: mail.code ?? null,
        createdAt,
      })
    },
  }
}
