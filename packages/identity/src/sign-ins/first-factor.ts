import { eq } from 'drizzle-orm'

import { record } from '../audit/record.ts'
import { claimClient, requireArrivedClient, requireClient, type Client } from '../clients/client.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { signIns } from '../database/schema.ts'
import { createStatement, given } from '../database/statement.ts'
import { Refusal, transact } from '../database/transact.ts'
import type { ArrivedClient } from '../http/arrived.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { spend } from '../rate-limits/spend.ts'
import type { Services } from '../services.ts'
import { lockStarter, startSession } from '../sessions/start.ts'
import { findFirstFactor, type FactorHolder } from '../strategies/first-factors.ts'
import { nextUpdate } from '../time.ts'
import { claimAttempt, refuseBarred, whyBarred } from '../users/lockout.ts'
import { findUser, type User } from '../users/user.ts'
import { rememberAsker } from '../verifications/asker.ts'
import { findVerification } from '../verifications/code.ts'
import { deliver, issueVerification } from '../verifications/issue.ts'
import { readLinkTarget } from '../verifications/link.ts'
import { holderOf } from './holder.ts'
import { beginSignIn, findSignIn, type KnownSignIn, type SignIn } from './sign-in.ts'
import { offerTransfer } from './transfer.ts'

/** A sign-in that waits for its first factor. */
export interface OpenSignIn {
  readonly signIn: SignIn
  readonly user: User | null
  readonly holder: FactorHolder
}

/** Sends what the first factor needs, unless it has just been sent. */
export async function prepareFirstFactor(
  services: Services,
  visit: Visit,
  id: string,
  strategy: string,
): Promise<SignIn> {
  const { instance, body, now } = visit
  await spend(services, visit, 'mails')
  const sent = await transact(services.database, async (tx) => {
    const client = await requireClient(tx, visit)
    const { signIn, user, holder } = await findOpenSignIn(tx, visit, client, id)
    if (user !== null && !instance.settings.enumeration_protection) refuseBarred(user, now)
    const { prepare, proof } = findFirstFactor(instance.settings, strategy, holder)
    if (prepare === null) throw paramError('form_param_value_invalid', 'strategy')
    const { verification, delivery } = await issueVerification(
      tx,
      instance,
      {
        strategy,
        address: prepare.address(holder, body),
        current: await findVerification(tx, instance.id, signIn.firstFactorVerificationId),
        redirectUrl: proof === null ? await readLinkTarget(tx, visit) : null,
        isDecoy: user === null && !signIn.canSignUp,
      },
      now,
    )
    await rememberAsker(tx, visit, verification)
    const prepared = await advance(tx, signIn, { firstFactorVerificationId: verification.id }, now)
    return { purpose: prepare.purpose, delivery, prepared }
  })
  await deliver(services, instance, sent.purpose, sent.delivery)
  return sent.prepared
}

/**
 * Tries a proof of the first factor. A right one completes the sign-in or leads to a new password.
 *
 * @throws {ApiError} what is wrong with the sign-in, with the proof, or with whoever signs in
 */
export async function attemptFirstFactor(
  services: Services,
  visit: Visit,
  id: string,
  strategy: string,
): Promise<KnownSignIn> {
  // What is decided by this is asked again, once the client is locked.
  const found = await findOpenSignIn(services.database, visit, requireArrivedClient(visit), id)
  return prove(services, visit, strategy, found, {
    isNew: false,
    reach: async (tx) => {
      const client = await requireClient(tx, visit)
      return { client, ...(await findOpenSignIn(tx, visit, client, id)) }
    },
    complete: (tx, _client, signIn, changes) => advance(tx, signIn, changes, visit.now),
    // It is there, and stays as it was.
    leave: async () => undefined,
  })
}

/**
 * Tries a proof that a sign-in begins with. What becomes of it is kept at once, in the transaction of the
 * attempt; after a proof that was wrong, the browser may go on with it.
 *
 * @throws {ApiError} what is wrong with the proof, or with whoever signs in
 */
export async function beginByFirstFactor(
  services: Services,
  visit: Visit,
  strategy: string,
  begun: OpenSignIn,
): Promise<KnownSignIn> {
  return prove(services, visit, strategy, begun, {
    isNew: true,
    reach: async (tx) => ({ client: await claimClient(tx, visit), ...begun }),
    complete: async (tx, client, signIn, changes) => {
      const changed = { ...signIn, ...changes, clientId: client.id }
      return changes.createdSessionId === null ? beginSignIn(tx, client, changed) : changed
    },
    leave: async (tx, client, signIn) => void (await beginSignIn(tx, client, signIn)),
  })
}

/** What an attempt does to a sign-in, inside its transaction. */
interface Course {
  /** Whether the sign-in is kept with the session that it leads to, because nobody has kept it before. */
  readonly isNew: boolean
  /** Finds the sign-in again, once the client is locked. */
  reach(tx: Transaction): Promise<OpenSignIn & { readonly client: Client }>
  complete(tx: Transaction, client: Client, signIn: SignIn, changes: Outcome): Promise<SignIn>
  /** Leaves the sign-in where it is, to be gone on with. */
  leave(tx: Transaction, client: Client, signIn: SignIn): Promise<void>
}

async function prove(
  services: Services,
  visit: Visit,
  strategy: string,
  found: OpenSignIn,
  course: Course,
): Promise<KnownSignIn> {
  const { instance, body, now } = visit
  const { database } = services
  const { proof, leadsTo } = findFirstFactor(instance.settings, strategy, found.holder)
  if (proof === null) throw paramError('form_param_value_invalid', 'strategy')
  await spend(services, visit, 'attempts', { account: found.signIn.identifier })
  const { barred: early, isLast } = await claim(services, visit, found.user)
  const { enumeration_protection: isProtected } = instance.settings
  // Where everybody may learn who exists, whoever is barred learns it at once.
  const isAtOnce = early !== null && !isProtected
  const attempt = { user: found.user, verification: null, body, now }
  const examined = isAtOnce ? null : await proof.examine(services, attempt)
  return transact(database, async (tx) => {
    const { client, signIn, user: seen } = await course.reach(tx)
    const starter = seen === null ? null : await lockStarter(tx, visit, client, seen.id)
    // Gone, and their sign-ins with them.
    if (seen !== null && starter === null) return new Refusal(new ApiError('resource_not_found'))
    // As they are now: they may have changed while the proof was examined.
    const user = seen === null || starter === null ? null : { ...seen, ...starter.user }
    // The attempt that locks them is good all the same if it was right.
    const barred = early ?? (user === null ? null : whyBarred({ ...user, isLocked: false }, now))
    const current = await findVerification(tx, instance.id, signIn.firstFactorVerificationId)
    const verification = current?.strategy === strategy ? current : null
    const problem = isAtOnce
      ? null
      : await proof.redeem(tx, { user, verification, body, now }, examined)
    const isRefused = problem !== null || barred !== null
    if (isRefused || user === null) await course.leave(tx, client, signIn)
    if (isRefused) {
      // Of nobody, too: it takes as long.
      await record(tx, visit, 'sign_in.failed', user?.id ?? null, {
        strategy,
        because: (barred ?? problem)?.code ?? '',
      })
      if (isLast && user !== null) await record(tx, visit, 'user.locked', user.id)
    }
    if (problem !== null) return new Refusal(problem)
    if (barred !== null) return new Refusal(isProtected ? proof.veil(barred) : barred)
    if (user === null || starter === null) {
      await offerTransfer(tx, signIn, verification, now)
      return new Refusal(new ApiError('sign_up_if_missing_transfer'))
    }
    const proven = {
      status: leadsTo(user),
      firstFactorStrategy: strategy,
      firstFactorVerificationId: verification?.id ?? null,
    }
    const session =
      proven.status === 'complete'
        ? await startSession(tx, visit, client, user.id, strategy, {
            claimed: starter,
            signIn: course.isNew ? { ...signIn, ...proven } : null,
          })
        : null
    const outcome = { ...proven, createdSessionId: session?.id ?? null }
    return { signIn: await course.complete(tx, client, signIn, outcome), user }
  })
}

/** Counts an attempt. Tells why the user may make none; of nobody that takes as long. */
async function claim(
  { database }: Services,
  { instance, now }: Visit,
  user: User | null,
): Promise<{ readonly barred: ApiError | null; readonly isLast: boolean }> {
  try {
    const isLast = await claimAttempt(database, instance, user?.id ?? '', now)
    return { barred: user === null ? null : whyBarred(user, now), isLast }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { barred: user === null ? null : error, isLast: false }
  }
}

/** What became of a sign-in whose first factor has been proven. */
export type Outcome = Pick<
  SignIn,
  'status' | 'firstFactorStrategy' | 'firstFactorVerificationId' | 'createdSessionId'
>

/** Keeps what has become of a sign-in. */
export async function advance(
  tx: Transaction,
  signIn: SignIn,
  changes: Partial<Outcome>,
  now: number,
): Promise<SignIn> {
  const changed = { ...signIn, ...changes, updatedAt: nextUpdate(signIn.updatedAt, now) }
  const { id, ...columns } = changed
  await signInAdvanced(tx).execute({ id, ...columns })
  return changed
}

const signInAdvanced = createStatement('sign_in_advanced', (db) =>
  db
    .update(signIns)
    .set({
      status: given('status'),
      firstFactorStrategy: given('firstFactorStrategy'),
      firstFactorVerificationId: given('firstFactorVerificationId'),
      createdSessionId: given('createdSessionId'),
      updatedAt: given('updatedAt'),
    })
    .where(eq(signIns.id, given('id'))),
)

/**
 * Finds a sign-in that waits for its first factor, whose it is, and what it shows of them. Nobody's is one
 * that pretends, or that becomes a sign-up.
 *
 * @throws {ApiError} `resource_not_found`, `form_param_nil`, `verification_already_verified`
 */
export async function findOpenSignIn(
  db: Queryable,
  { instance, now }: Visit,
  client: ArrivedClient,
  id: string,
): Promise<OpenSignIn> {
  const signIn = await findSignIn(db, client, id, now)
  if (signIn === null) throw new ApiError('resource_not_found')
  if (signIn.status === 'needs_identifier') throw paramError('form_param_nil', 'identifier')
  if (signIn.status !== 'needs_first_factor') throw new ApiError('verification_already_verified')
  const user = signIn.userId === null ? null : await findUser(db, signIn.instanceId, signIn.userId)
  const holder = holderOf(instance.settings, signIn, user)
  if (holder === null) throw new ApiError('resource_not_found')
  return { signIn, user, holder }
}
