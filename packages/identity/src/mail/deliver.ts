import type { Instance } from '../instances/instance.ts'
import type { Services } from '../services.ts'
import { isTestAddress } from '../users/email-address.ts'
import type { Mail } from './mailer.ts'

/**
 * Hands mails over, all at once, so that a slow mail server is waited for once, and returns the ids of those that
 * could not be. To test addresses of development instances nothing is sent.
 */
export async function deliverMails(
  { mailer, logger }: Services,
  instance: Instance,
  mails: readonly { readonly id: string; readonly mail: Mail }[],
): Promise<string[]> {
  const failed = await Promise.all(
    mails.map(async ({ id, mail }) => {
      if (instance.type === 'development' && isTestAddress(mail.to)) return []
      try {
        await mailer.send(instance, mail)
        return []
      } catch (error) {
        logger.error({ err: error, mailFor: id }, 'A mail was not sent')
        return [id]
      }
    }),
  )
  return failed.flat()
}
