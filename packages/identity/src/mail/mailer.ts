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

/** Sends over SMTP. */
export function createSmtpMailer(url: string, from: string): Mailer {
  const transport = createTransport(url, { disableFileAccess: true, disableUrlAccess: true })
  return {
    send: async (_instance, { to, subject, text }) => {
      await transport.sendMail({ from, to: { name: '', address: to }, subject, text })
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
