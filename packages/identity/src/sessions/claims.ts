import type { Instance } from '../instances/instance.ts'
import { renderClaims } from '../jwt-templates/render.ts'
import { readSubject } from '../jwt-templates/subject.ts'
import type { Services } from '../services.ts'
import { findUser } from '../users/user.ts'

/**
 * What an instance's own claims may take up in a session token, filled in. The token stands in a cookie, and
 * browsers drop cookies of more than 4 kB.
 */
const MAX_CHARACTERS = 2048

/** Fills in the claims that an instance adds to session tokens. */
export async function renderSessionClaims(
  { database, logger, now }: Services,
  instance: Instance,
  session: Parameters<typeof readSubject>[2] & { readonly id: string; readonly userId: string },
): Promise<Readonly<Record<string, unknown>>> {
  const template = instance.settings.session_claims
  if (Object.keys(template).length === 0) return {}
  const user = await findUser(database, instance.id, session.userId)
  if (user === null) return {}
  const subject = await readSubject(database, instance, session, user, now())
  const claims = renderClaims(template, subject)
  if (JSON.stringify(claims).length <= MAX_CHARACTERS) return claims
  // Without them an app lets in fewer people; with them the browser would drop the whole session.
  logger.warn({ sessionId: session.id }, 'Claims of a session token are too long and were left out')
  return {}
}
