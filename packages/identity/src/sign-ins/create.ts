import { record } from '../audit/record.ts'
import { claimClient, refuseUnknownBrowser } from '../clients/client.ts'
import { transact } from '../database/transact.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { spend } from '../rate-limits/spend.ts'
import { hashToken } from '../secrets.ts'
import type { Services } from '../services.ts'
import { refuseSecondSession } from '../sessions/start.ts'
import { restrictionOf } from '../sign-ups/restriction.ts'
import { findFirstFactor, refuseUnknownFactor } from '../strategies/first-factors.ts'
import { findMailedTicket } from '../tickets/find-mailed.ts'
import { beginByFirstFactor, prepareFirstFactor } from './first-factor.ts'
import { holderOf, refuseNoAddress } from './holder.ts'
import { identify } from './identifiers.ts'
import { signInWithInvitation } from './invitation.ts'
import { beginSignIn, newSignIn, type KnownSignIn } from './sign-in.ts'
import { noteRefusedTicket, signInWithTicket } from './ticket.ts'
import { signInByTransfer } from './transfer.ts'

/**
 * Starts a sign-in, which replaces the one before. With a password it goes on to the attempt, with a
 * strategy that needs preparation to that, in one request. With nothing at all it is a reset.
 */
export async function createSignIn(services: Services, visit: Visit): Promise<KnownSignIn> {
  const { instance, body } = visit
  if (body.text('strategy') === 'ticket') {
    await spend(services, visit, 'attempts')
    const hash = hashToken(body.required('ticket', 4096))
    const mailed = await findMailedTicket(services.database, instance.id, hash)
    try {
      const signIn = await (mailed === null
        ? signInWithTicket(services, visit)
        : signInWithInvitation(services, visit, mailed))
      return { signIn, user: null }
    } catch (error) {
      await noteRefusedTicket(services, visit, hash, error)
      throw error
    }
  }
  if (body.flag('transfer') === true) {
    return { signIn: await signInByTransfer(services, visit), user: null }
  }
  const isReset = body.isBlank('identifier', 'password', 'strategy', 'ticket', 'token', 'transfer')
  const password = body.text('password', 100_000)
  const strategy = body.text('strategy') ?? (password === null ? null : 'password')

  if (strategy !== null) refuseUnknownFactor(strategy)

  await spend(services, visit, isReset ? 'browsers' : 'sign_ins')
  const { identifier, user } = isReset
    ? { identifier: null, user: null }
    : await identify(services.database, instance, body.required('identifier', 320))
  const canSignUp = user === null && identifier !== null && maySignUp(visit, identifier)
  const { enumeration_protection: isProtected } = instance.settings
  if (identifier !== null && (isProtected || canSignUp)) refuseNoAddress(identifier)
  if (identifier !== null && user === null && !isProtected && !canSignUp) {
    // Whoever is signed in already is told so, whatever they typed: the page goes on with their session.
    if (visit.client !== null) await refuseSecondSession(services.database, visit, visit.client)
    // As slow as a wrong password, so that the time of the answer tells nothing more than the answer.
    if (password !== null) {
      await spend(services, visit, 'attempts', { account: identifier })
      await services.passwords.verify(null, password)
      await transact(services.database, (tx) =>
        record(tx, visit, 'sign_in.failed', null, { strategy: 'password' }),
      )
    }
    throw paramError('form_identifier_not_found', 'identifier')
  }
  const begun = newSignIn(visit, {
    status: isReset ? 'needs_identifier' : 'needs_first_factor',
    identifier,
    userId: user?.id ?? null,
    canSignUp,
  })
  const holder = holderOf(instance.settings, begun, user)
  const isByPassword = strategy === 'password' && password !== null
  if (isByPassword && holder !== null && holder.hasPassword) {
    refuseUnknownBrowser(visit)
    if (visit.client !== null) {
      await refuseSecondSession(services.database, visit, visit.client, user?.id)
    }
    return beginByFirstFactor(services, visit, strategy, { signIn: begun, user, holder })
  }
  const signIn = await transact(services.database, async (tx) => {
    const client = await claimClient(tx, visit)
    if (!isReset) await refuseSecondSession(tx, visit, client, user?.id)
    return beginSignIn(tx, client, begun)
  })
  if (strategy === null || strategy === 'password') {
    // Who has no password is told so, and may go on with another way.
    if (isByPassword && holder !== null) findFirstFactor(instance.settings, strategy, holder)
    return { signIn, user }
  }
  return { signIn: await prepareFirstFactor(services, visit, signIn.id, strategy), user }
}

/**
 * Whether an address that nobody has may become a sign-up once it is proven.
 *
 * @throws {ApiError} `sign_up_mode_restricted`, `sign_up_restricted_waitlist`, unless that would tell who exists
 */
function maySignUp({ instance: { settings }, body }: Visit, identifier: string): boolean {
  const isAsked = body.flag('sign_up_if_missing') === true && identifier.includes('@')
  if (!isAsked || settings.email_address === 'off') return false
  const restriction = restrictionOf(settings)
  if (restriction !== null && !settings.enumeration_protection) throw new ApiError(restriction)
  return restriction === null
}
