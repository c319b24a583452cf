import { eq } from 'drizzle-orm'

import { requireClient } from '../clients/client.ts'
import { signUps } from '../database/schema.ts'
import { Refusal, transact } from '../database/transact.ts'
import { paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { spend } from '../rate-limits/spend.ts'
import type { Services } from '../services.ts'
import { findFieldProof } from '../strategies/proofs.ts'
import { nextUpdate } from '../time.ts'
import { findUserByEmailAddress } from '../users/user.ts'
import { rememberAsker } from '../verifications/asker.ts'
import { findVerification, redeemCode } from '../verifications/code.ts'
import { deliver, issueVerification } from '../verifications/issue.ts'
import { readLinkTarget } from '../verifications/link.ts'
import { completeIfReady } from './complete.ts'
import { offerTransfer } from './transfer.ts'
import { findOpenSignUp } from './update.ts'

/** Sends the code or link that proves an address of a sign-up, unless it has just been sent. */
export async function prepareVerification(
  services: Services,
  visit: Visit,
  id: string,
): Promise<void> {
  const { instance, body, now } = visit
  const strategy = body.required('strategy')
  const proof = findFieldProof(instance.settings, strategy)
  await spend(services, visit, 'mails')
  const redirectUrl = proof.means === 'link' ? await readLinkTarget(services.database, visit) : null
  const sent = await transact(services.database, async (tx) => {
    const client = await requireClient(tx, visit)
    const signUp = await findOpenSignUp(tx, client, id, now)
    const address = proof.address(signUp)
    if (address === null) throw paramError('form_param_nil', proof.field)
    const current = await findVerification(tx, instance.id, signUp.emailVerificationId)
    const asked = { strategy, address, current, redirectUrl }
    const issued = await issueVerification(tx, instance, asked, now)
    await rememberAsker(tx, visit, issued.verification)
    await tx
      .update(signUps)
      .set({
        emailVerificationId: issued.verification.id,
        updatedAt: nextUpdate(signUp.updatedAt, now),
      })
      .where(eq(signUps.id, signUp.id))
    const owner = await findUserByEmailAddress(tx, instance.id, address)
    const purpose = owner === null ? 'sign-up' : 'sign-up-taken'
    return { purpose, delivery: issued.delivery } as const
  })
  await deliver(services, instance, sent.purpose, sent.delivery)
}

/** Tries a code. The right one completes the sign-up, if nothing else is missing. */
export async function attemptVerification(
  services: Services,
  visit: Visit,
  id: string,
): Promise<void> {
  const { instance, body, now } = visit
  const strategy = body.required('strategy')
  const { means } = findFieldProof(instance.settings, strategy)
  // A link is opened, not typed.
  if (means === 'link') throw paramError('form_param_value_invalid', 'strategy')
  const code = body.required('code', 64).trim()
  await spend(services, visit, 'attempts')
  await transact(services.database, async (tx) => {
    const client = await requireClient(tx, visit)
    const signUp = await findOpenSignUp(tx, client, id, now)
    const current = await findVerification(tx, instance.id, signUp.emailVerificationId)
    const verification = current?.strategy === strategy ? current : null
    const problem = await redeemCode(tx, verification, code, now)
    if (problem !== null) return new Refusal(problem)
    if (verification !== null && (await offerTransfer(tx, verification))) {
      return new Refusal(paramError('form_identifier_exists', 'email_address'))
    }
    await completeIfReady(tx, visit, client, signUp)
    return null
  })
}
