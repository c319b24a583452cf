import type { SignUpJSON, SignUpVerificationJSON } from '@core/protocol'
import { and, eq } from 'drizzle-orm'

import type { Client } from '../clients/client.ts'
import type { Queryable } from '../database/database.ts'
import { signUps } from '../database/schema.ts'
import { createStatement, given } from '../database/statement.ts'
import type { Visit } from '../http/visit.ts'
import type { Settings } from '../instances/settings.ts'
import { proofsOf } from '../strategies/proofs.ts'
import { findVerification, toVerificationJson, type Verification } from '../verifications/code.ts'
import { missingFields, optionalFields, requiredFields } from './fields.ts'

/** A sign-up, as it is stored. */
export type SignUp = typeof signUps.$inferSelect

/** Finds a sign-up of a client that has not been abandoned. */
export async function findSignUp(
  db: Queryable,
  client: Pick<Client, 'id' | 'instanceId'>,
  id: string | null,
  now: number,
): Promise<SignUp | null> {
  const signUp = id === null ? null : await findAnySignUp(db, client, id)
  return signUp !== null && signUp.abandonAt > now ? signUp : null
}

/** Finds a sign-up of a client, abandoned or not. */
export async function findAnySignUp(
  db: Queryable,
  client: Pick<Client, 'id' | 'instanceId'>,
  id: string,
): Promise<SignUp | null> {
  const { id: clientId, instanceId } = client
  const [row] = await signUpOfClient(db).execute({ id, clientId, instanceId })
  return row ?? null
}

const signUpOfClient = createStatement('sign_up_of_client', (db) =>
  db
    .select()
    .from(signUps)
    .where(
      and(
        eq(signUps.id, given('id')),
        eq(signUps.clientId, given('clientId')),
        eq(signUps.instanceId, given('instanceId')),
      ),
    ),
)

/** Tells whether the address of a sign-up has been proven: this one, not one before it. */
export function isEmailProven(signUp: SignUp, verification: Verification | null): boolean {
  return verification?.status === 'verified' && verification.address === signUp.emailAddress
}

/** Writes a sign-up as its browser sees it. */
export async function toSignUpJson(
  db: Queryable,
  { instance, now }: Pick<Visit, 'instance' | 'now'>,
  signUp: SignUp,
): Promise<SignUpJSON> {
  const verification = await findVerification(db, instance.id, signUp.emailVerificationId)
  const isProven = isEmailProven(signUp, verification)
  return {
    object: 'sign_up',
    id: signUp.id,
    status:
      signUp.status === 'missing_requirements' && signUp.abandonAt <= now
        ? 'abandoned'
        : signUp.status,
    required_fields: requiredFields(instance.settings),
    optional_fields: optionalFields(instance.settings),
    missing_fields: missingFields(signUp, instance.settings),
    unverified_fields: signUp.emailAddress === null || isProven ? [] : ['email_address'],
    username: signUp.username,
    first_name: signUp.firstName,
    last_name: signUp.lastName,
    email_address: signUp.emailAddress,
    phone_number: null,
    web3_wallet: null,
    external_account_strategy: null,
    external_account: null,
    has_password: signUp.passwordDigest !== null,
    unsafe_metadata: signUp.unsafeMetadata,
    created_session_id: signUp.createdSessionId,
    created_user_id: signUp.createdUserId,
    abandon_at: signUp.abandonAt,
    legal_accepted_at: signUp.legalAcceptedAt,
    locale: signUp.locale,
    verifications: {
      email_address:
        signUp.emailAddress === null
          ? null
          : emailVerification(instance.settings, signUp, verification, now),
      phone_number: null,
      web3_wallet: null,
      external_account: null,
    },
  }
}

function emailVerification(
  settings: Settings,
  signUp: SignUp,
  verification: Verification | null,
  now: number,
): SignUpVerificationJSON {
  const sent = toVerificationJson(verification, signUp.clientId, now)
  return {
    ...(sent ?? {
      object: 'verification_otp',
      status: 'unverified',
      // No strategy until a code was sent: a page would believe that it need not ask for one.
      strategy: null,
      attempts: null,
      expire_at: null,
      verified_at_client: null,
      error: null,
    }),
    next_action:
      sent?.status === 'verified' || sent?.status === 'transferable'
        ? ''
        : sent?.status === 'unverified'
          ? 'needs_attempt'
          : 'needs_prepare',
    supported_strategies: proofsOf(settings, 'email_address'),
  }
}
