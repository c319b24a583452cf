/** The endpoints below `/v1/sign_ups`: the application's servers look at sign-ups under way, and add to them. */

import { and, eq, gt } from 'drizzle-orm'

import { lockClient } from '../clients/client.ts'
import type { Queryable } from '../database/database.ts'
import { signUps } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError } from '../http/errors.ts'
import type { Services } from '../services.ts'
import { nextUpdate } from '../time.ts'
import { refuseTaken } from '../users/taken.ts'
import { toSignUpJson, type SignUp } from './sign-up.ts'

export const signUpBackendRoutes: readonly BackendRoute[] = [
  {
    method: 'GET',
    path: '/sign_ups/:id',
    handle: async ({ database }, call) =>
      toAttemptJson(database, call, await requireSignUp(database, call)),
  },
  { method: 'PATCH', path: '/sign_ups/:id', handle: updateAttempt },
]

/**
 * Notes what the user will be called elsewhere, and whether the application has done its part. Only what is
 * under way can be changed: later it would reach nobody.
 */
async function updateAttempt({ database }: Services, call: Call): Promise<object> {
  const { body, now } = call
  const customAction = body.flag('custom_action')
  const changes = {
    ...(body.has('external_id') ? { externalId: body.text('external_id', 256) } : {}),
    ...(customAction === null ? {} : { customAction }),
  }
  return transact(database, async (tx) => {
    const signUp = await requireSignUp(tx, call)
    // As its browser does, so that none is completed with what it was before.
    await lockClient(tx, signUp.clientId)
    await refuseTaken(tx, signUp, changes)
    const [changed] = await tx
      .update(signUps)
      .set({ ...changes, updatedAt: nextUpdate(signUp.updatedAt, now) })
      .where(
        and(isIt(call), eq(signUps.status, 'missing_requirements'), gt(signUps.abandonAt, now)),
      )
      .returning()
    if (changed === undefined) throw new ApiError('resource_forbidden')
    return toAttemptJson(tx, call, changed)
  })
}

async function requireSignUp(db: Queryable, call: Call): Promise<SignUp> {
  const [row] = await db.select().from(signUps).where(isIt(call))
  if (row === undefined) throw new ApiError('resource_not_found')
  return row
}

function isIt({ instance, path }: Call) {
  return and(eq(signUps.id, path['id'] ?? ''), eq(signUps.instanceId, instance.id))
}

/** Writes a sign-up for a server, which sees the same as the browser in other words. */
async function toAttemptJson(db: Queryable, call: Call, signUp: SignUp): Promise<object> {
  const seen = await toSignUpJson(db, call, signUp)
  const { email_address: proof } = seen.verifications
  return {
    object: 'sign_up_attempt',
    id: seen.id,
    status: seen.status,
    required_fields: seen.required_fields,
    optional_fields: seen.optional_fields,
    missing_fields: seen.missing_fields,
    unverified_fields: seen.unverified_fields,
    verifications: {
      email_address: proof && {
        next_action: proof.next_action,
        supported_strategies: proof.supported_strategies,
      },
      phone_number: null,
      web3_wallet: null,
      external_account: null,
    },
    username: seen.username,
    email_address: seen.email_address,
    phone_number: seen.phone_number,
    web3_wallet: seen.web3_wallet,
    password_enabled: seen.has_password,
    first_name: seen.first_name,
    last_name: seen.last_name,
    unsafe_metadata: seen.unsafe_metadata,
    custom_action: signUp.customAction,
    external_id: signUp.externalId,
    created_session_id: seen.created_session_id,
    created_user_id: seen.created_user_id,
    abandon_at: seen.abandon_at,
    legal_accepted_at: seen.legal_accepted_at,
  }
}
