import type { SignInJSON } from '@core/protocol'
import { and, eq, sql } from 'drizzle-orm'

import type { Client } from '../clients/client.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { clients, signIns } from '../database/schema.ts'
import { createInsert, createStatement, given } from '../database/statement.ts'
import type { Visit } from '../http/visit.ts'
import { newId } from '../ids.ts'
import { listFirstFactors } from '../strategies/first-factors.ts'
import { findUser, toPublicUserDataJson, type User } from '../users/user.ts'
import { findVerification, toProofJson } from '../verifications/code.ts'
import { holderOf } from './holder.ts'
import { supportedIdentifiers } from './identifiers.ts'

/** A sign-in, as it is stored. */
export type SignIn = typeof signIns.$inferSelect

/** What is particular about a sign-in that begins. What is left out is empty. */
type Begun = Pick<SignIn, 'status'> &
  Partial<
    Pick<
      SignIn,
      | 'identifier'
      | 'userId'
      | 'canSignUp'
      | 'firstFactorStrategy'
      | 'firstFactorVerificationId'
      | 'createdSessionId'
    >
  >

/** A sign-in, with its user if the request has read them. */
export interface KnownSignIn {
  readonly signIn: SignIn
  readonly user: User | null
}

/** Makes a sign-in. {@link beginSignIn} or {@link insertSignIn} keep it. */
export function newSignIn({ instance, now }: Visit, begun: Begun): SignIn {
  return {
    id: newId('sia', now),
    instanceId: instance.id,
    // Nobody's yet: a browser gets its client when the sign-in is kept.
    clientId: '',
    identifier: null,
    userId: null,
    firstFactorStrategy: null,
    firstFactorVerificationId: null,
    canSignUp: false,
    createdSessionId: null,
    abandonAt: now + instance.settings.attempt_lifetime * 1000,
    createdAt: now,
    updatedAt: now,
    ...begun,
  }
}

/** Keeps a sign-in of a client. */
export async function insertSignIn(
  tx: Transaction,
  client: Client,
  signIn: SignIn,
): Promise<SignIn> {
  const row = { ...signIn, clientId: client.id }
  await insertRow(tx, row)
  return row
}

const insertRow = createInsert('insert_sign_in', signIns)

/** Keeps a sign-in that a client is to go on with, in the place of the one before it. */
export async function beginSignIn(
  tx: Transaction,
  client: Client,
  signIn: SignIn,
): Promise<SignIn> {
  const row = await insertSignIn(tx, client, signIn)
  // What is left of a sign-up would otherwise be gone on with after this; a reset leaves it alone.
  const isReset = signIn.status === 'needs_identifier'
  await signInOfClientBegun(tx).execute({ id: client.id, signInId: signIn.id, isReset })
  return row
}

const signInOfClientBegun = createStatement('sign_in_of_client_begun', (db) =>
  db
    .update(clients)
    .set({
      signInId: given('signInId'),
      signUpId: sql`case when ${given('isReset')}::boolean then ${clients.signUpId} end`,
    })
    .where(eq(clients.id, given('id'))),
)

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
        eq(signIns.id, given('id')),
        eq(signIns.clientId, given('clientId')),
        eq(signIns.instanceId, given('instanceId')),
      ),
    ),
)

/**
 * Writes a sign-in for its browser.
 *
 * @param known whose it is, if the request has read that already
 */
export async function toSignInJson(
  db: Queryable,
  visit: Visit,
  signIn: SignIn,
  known: User | null = null,
): Promise<SignInJSON> {
  const { instance, now } = visit
  const { userId } = signIn
  const user = userId === null ? null : (known ?? (await findUser(db, instance.id, userId)))
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
