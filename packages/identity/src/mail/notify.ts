import type { Instance } from '../instances/instance.ts'
import type { Services } from '../services.ts'
import { primaryEmailAddress, type User } from '../users/user.ts'
import { passwordChangedMail } from './messages.ts'

/**
 * Tells a user that their password was changed, once it is: the one who did it may be a thief. What was
 * done stays done if the mail cannot be sent.
 */
export async function tellOfNewPassword(
  services: Services,
  instance: Instance,
  user: User,
): Promise<void> {
  const address = primaryEmailAddress(user)
  if (address === null || address.verifiedAt === null) return
  try {
    await services.mailer.send(
      instance,
      passwordChangedMail(instance.settings, address.emailAddress),
    )
  } catch (error) {
    services.logger.error({ err: error, userId: user.id }, 'A mail was not sent')
  }
}
