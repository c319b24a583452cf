import type { Instance } from '../instances/instance.ts'
import type { Services } from '../services.ts'
import { isTestAddress } from '../users/email-address.ts'
import type { Mail } from './mailer.ts'

/**
 * Hands mails over, one after the other, and returns the ids of those that could not be. To test addresses of
 * development instances nothing is sent.
 */
export async function deliverMails(
  { mailer, logger }: Services,
  instance: Instance,
  mails: readonly { readonly id: string; readonly mail: Mail }[],
): Promise<string[]> {
  const failed: string[] = []
  for (const { id, mail } of mails) {
    if (instance.type === 'development' && isTestAddress(mail.to)) continue
    try {
      await mailer.send(instance, mail)
    } catch (error) {
      logger.error({ err: error, mailFor: id }, 'A mail was not sent')
      failed.push(id)
    }
  }
  return failed
}
