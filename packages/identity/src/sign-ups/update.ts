import { eq } from 'drizzle-orm'

import { claimClient, requireClient, type Client } from '../clients/client.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { clients, signUps } from '../database/schema.ts'
import { only, transact } from '../database/transact.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { checkPasswordPolicy } from '../passwords/policy.ts'
import { spend } from '../rate-limits/spend.ts'
import { admit } from '../restrictions/admit.ts'
import type { Services } from '../services.ts'
import { refuseSecondSession } from '../sessions/start.ts'
import { requireMailedTicket } from '../tickets/find-mailed.ts'
import type { MailedTicket } from '../tickets/mailed-ticket.ts'
import { nextUpdate } from '../time.ts'
import { parseEmailAddress } from '../users/email-address.ts'
import { refuseOtherSpelling } from '../users/gmail.ts'
import { findUserByEmailAddress, findUserByUsername } from '../users/user.ts'
import { parseUsername } from '../users/username.ts'
import { proveByTicket } from '../verifications/code.ts'
import { completeIfReady } from './complete.ts'
import { isCollected } from './fields.ts'
import { refuseUninvited } from './restriction.ts'
import { findSignUp, type SignUp } from './sign-up.ts'
import { takeSignIn } from './transfer.ts'

/** Starts a sign-up, which replaces the one before. */
export async function createSignUp(services: Services, visit: Visit): Promise<string> {
  const { instance, now } = visit
  const isIdle = visit.body.isBlank('email_address', 'username', 'password', 'ticket', 'transfer')
  await spend(services, visit, isIdle ? 'browsers' : 'sign_ups')
  const ticket = await readTicket(services, visit)
  const changes = {
    ...(await readChanges(services, visit)),
    // The ticket was sent to this address: it proves it, and no other.
    ...(ticket === null ? {} : { emailAddress: ticket.emailAddress }),
  }
  const isTransfer = visit.body.flag('transfer') === true
  const { locale: _locale, ...data } = changes
  // With nothing in it, it is a reset, which a page sends at any time.
  const isReset = Object.keys(data).length === 0 && !isTransfer
  if (!isReset) refuseUninvited(instance.settings, ticket !== null)
  return transact(services.database, async (tx) => {
    const client = await claimClient(tx, visit)
    if (!isReset) await refuseSecondSession(tx, visit, client)
    const taken = isTransfer ? await takeSignIn(tx, visit, client) : {}
    await refuseTaken(tx, instance, changes)
    await admitNamed(tx, instance, { ...taken, ...changes }, ticket !== null)
    const signUp = only(
      await tx
        .insert(signUps)
        .values({
          unsafeMetadata: {},
          ...taken,
          ...changes,
          ...(ticket === null
            ? {}
            : {
                ticketHash: ticket.ticketHash,
                emailVerificationId: await proveByTicket(tx, instance, ticket.emailAddress, now),
              }),
          id: newId('sua', now),
          instanceId: instance.id,
          clientId: client.id,
          status: 'missing_requirements',
          abandonAt: now + instance.settings.attempt_lifetime * 1000,
          createdAt: now,
          updatedAt: now,
        })
        .returning(),
    )
    // What is left of a sign-in would otherwise be gone on with after this.
    const other = isReset ? {} : { signInId: null }
    await tx
      .update(clients)
      .set({ signUpId: signUp.id, ...other })
      .where(eq(clients.id, client.id))
    await completeIfReady(tx, visit, client, signUp)
    return signUp.id
  })
}

/** Changes a sign-up under way. Another address needs another proof. */
export async function updateSignUp(services: Services, visit: Visit, id: string): Promise<void> {
  const { instance, now } = visit
  await spend(services, visit, 'attempts')
  const changes = await readChanges(services, visit)
  await transact(services.database, async (tx) => {
    const client = await requireClient(tx, visit)
    const signUp = await findOpenSignUp(tx, client, id, now)
    refuseUninvited(instance.settings, signUp.ticketHash !== null)
    await refuseTaken(tx, instance, changes)
    await admitNamed(tx, instance, changes, signUp.ticketHash !== null)
    const isMoved =
      changes.emailAddress !== undefined && changes.emailAddress !== signUp.emailAddress
    // An invitation is for the address it was sent to.
    if (isMoved && signUp.ticketHash !== null) {
      throw paramError('form_param_value_invalid', 'email_address')
    }
    const changed = only(
      await tx
        .update(signUps)
        .set({
          ...changes,
          ...(isMoved ? { emailVerificationId: null } : {}),
          updatedAt: nextUpdate(signUp.updatedAt, now),
        })
        .where(eq(signUps.id, signUp.id))
        .returning(),
    )
    await completeIfReady(tx, visit, client, changed)
  })
}

/**
 * Finds a sign-up that is still open.
 *
 * @throws {ApiError} `resource_not_found`, `verification_already_verified`
 */
export async function findOpenSignUp(
  db: Queryable,
  client: Client,
  id: string,
  now: number,
): Promise<SignUp> {
  const signUp = await findSignUp(db, client, id, now)
  if (signUp === null) throw new ApiError('resource_not_found')
  if (signUp.status !== 'missing_requirements') {
    throw new ApiError('verification_already_verified')
  }
  return signUp
}

/**
 * Finds the ticket of an invitation, which lets somebody sign up.
 *
 * @throws {ApiError} `ticket_invalid`, and what is wrong with an invitation that is over
 */
async function readTicket(
  { database }: Services,
  { instance, body, now }: Visit,
): Promise<MailedTicket | null> {
  if (body.isBlank('ticket')) {
    if (body.text('strategy') === 'ticket') throw paramError('form_param_nil', 'ticket')
    return null
  }
  return requireMailedTicket(database, instance.id, body.required('ticket', 4096), now)
}

type Changes = Partial<
  Pick<
    SignUp,
    | 'emailAddress'
    | 'username'
    | 'firstName'
    | 'lastName'
    | 'passwordDigest'
    | 'unsafeMetadata'
    | 'legalAcceptedAt'
    | 'locale'
  >
>

/** Reads and checks what was sent. Empty means not given; what the instance does not collect is left out. */
async function readChanges(services: Services, visit: Visit): Promise<Changes> {
  const { body, now } = visit
  const { settings } = visit.instance
  // Sign-up by other means is not there yet, and must not pass for this one.
  const strategy = body.text('strategy')
  if (strategy !== null && !['password', 'email_code', 'email_link', 'ticket'].includes(strategy)) {
    throw paramError('form_param_value_invalid', 'strategy')
  }
  const collected = (name: string, maxLength?: number): string | null =>
    isCollected(name, settings) ? body.text(name, maxLength) : null
  const emailAddress = collected('email_address')
  const username = collected('username', 256)
  const password = collected('password', 100_000)
  const firstName = collected('first_name', 256)
  const lastName = collected('last_name', 256)
  const unsafeMetadata = body.object('unsafe_metadata')
  const locale = body.text('locale', 35)
  const isAccepted = isCollected('legal_accepted', settings) && body.flag('legal_accepted') === true
  if (JSON.stringify(unsafeMetadata ?? {}).length > 8192) {
    throw paramError('form_param_max_length_exceeded', 'unsafe_metadata')
  }
  const address = emailAddress === null ? null : parseEmailAddress(emailAddress, 'email_address')
  if (password !== null) checkPasswordPolicy(password, settings)
  return {
    ...(address === null ? {} : { emailAddress: address }),
    ...(username === null ? {} : { username: parseUsername(username, settings) }),
    ...(password === null ? {} : { passwordDigest: await services.passwords.hash(password) }),
    ...(firstName === null ? {} : { firstName }),
    ...(lastName === null ? {} : { lastName }),
    ...(unsafeMetadata === null ? {} : { unsafeMetadata }),
    ...(locale === null ? {} : { locale }),
    ...(isAccepted ? { legalAcceptedAt: now } : {}),
  }
}

async function admitNamed(
  tx: Transaction,
  instance: Instance,
  { emailAddress }: Changes,
  isInvited: boolean,
): Promise<void> {
  if (emailAddress != null) await admit(tx, instance, emailAddress, isInvited)
}

async function refuseTaken(tx: Transaction, instance: Instance, changes: Changes): Promise<void> {
  const { emailAddress = null, username = null } = changes
  // Where nobody may learn who exists, the mail tells, and only who reads it goes on.
  const isTold = !instance.settings.enumeration_protection
  if (isTold && emailAddress !== null) {
    if (await findUserByEmailAddress(tx, instance.id, emailAddress)) {
      throw paramError('form_identifier_exists', 'email_address')
    }
    await refuseOtherSpelling(tx, instance, emailAddress)
  }
  if (username !== null && (await findUserByUsername(tx, instance.id, username))) {
    throw paramError('form_identifier_exists', 'username')
  }
}
