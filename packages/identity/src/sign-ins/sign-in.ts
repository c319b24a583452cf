import type { SignInJSON } from '@core/protocol'
import { and, eq, sql } from 'drizzle-orm'

import type { Client } from '../clients/client.ts'
import type { Queryable } from '../database/database.ts'
import { signIns } from '../database/schema.ts'
import { createStatement } from '../database/statement.ts'
import type { Visit } from '../http/visit.ts'
import { listFirstFactors } from '../strategies/first-factors.ts'
import { findUser, toPublicUserDataJson } from '../users/user.ts'
import { findVerification, toProofJson } from '../verifications/code.ts'
import { holderOf } from './holder.ts'
import { supportedIdentifiers } from './identifiers.ts'

/** A sign-in, as it is stored. */
export type SignIn = typeof signIns.$inferSelect

/** Finds a sign-in of a client that has not been abandoned. */
export async function findSignIn(
  db: Queryable,
  client: Pick<Client, 'id' | 'instanceId'>,
  id: string | null,
  now: number,
): Promise<SignIn | null> {
  if (id === null) return null
  const { id: clientId, instanceId } = client
  const [row] = await signInOfClient(db).execute({ id, clientId, instanceId })
  return row !== undefined && row.abandonAt > now ? row : null
}

const signInOfClient = createStatement('sign_in_of_client', (db) =>
  db
    .select()
    .from(signIns)
    .where(
      and(
        eq(signIns.id, sql.placeholder('id')),
        eq(signIns.clientId, sql.placeholder('clientId')),
        eq(signIns.instanceId, sql.placeholder('instanceId')),
      ),
    ),
)

/** Writes a sign-in for its browser. */
export async function toSignInJson(
  db: Queryable,
  visit: Visit,
  signIn: SignIn,
): Promise<SignInJSON> {
  const { instance, now } = visit
  const user = signIn.userId === null ? null : await findUser(db, instance.id, signIn.userId)
  const verification = await findVerification(db, instance.id, signIn.firstFactorVerificationId)
  const holder = holderOf(instance.settings, signIn, user)
  const isShown = !instance.settings.enumeration_protection || signIn.status === 'complete'
  const person = user === null || !isShown ? null : toPublicUserDataJson(user, instance)
  return {
    object: 'sign_in',
    id: signIn.id,
    status: signIn.status,
    supported_identifiers: supportedIdentifiers(instance.settings),
    identifier: signIn.identifier,
    user_data:
      person === null
        ? null
        : {
            first_name: person.first_name,
            last_name: person.last_name,
            image_url: person.image_url,
            has_image: person.has_image,
          },
    supported_first_factors:
      holder === null ? null : listFirstFactors(instance.settings, holder, signIn.identifier),
    supported_second_factors: null,
    // Nothing until something was really sent: a page would believe that it need not ask.
    first_factor_verification: toProofJson(
      verification,
      signIn.firstFactorStrategy,
      signIn.clientId,
      now,
    ),
    second_factor_verification: null,
    created_session_id: signIn.createdSessionId,
    abandon_at: signIn.abandonAt,
  }
}
