/** Makes an application for whoever asks: a development instance with its keys, on a host of its own. */

import { randomBytes } from 'node:crypto'

import { eq } from 'drizzle-orm'

import { VISITOR } from '../audit/actor.ts'
import { record } from '../audit/record.ts'
import { instances } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import { createInstance } from '../instances/instance.ts'
import { issueSecretKey } from '../instances/secret-keys.ts'
import { resolveSettings } from '../instances/settings.ts'
import { claimTokenOf, hashToken } from '../secrets.ts'
import { spendOfServer } from '../rate-limits/spend.ts'
import type { Services } from '../services.ts'
import { toApplicationJson } from './application-json.ts'
import { deleteUnused } from './unused.ts'

/** Where applications are asked for, below `/v1`. */
export const CREATE_PATH = '/accountless_applications'

/**
 * Answers `POST /v1/accountless_applications`. Nobody is asked who they are, and what the request says about its
 * framework is of no use here.
 *
 * @param address where it comes from, as far as that can be known
 * @throws {ApiError} `request_invalid_for_environment` where the server makes none, `origin_invalid` for pages,
 * `too_many_requests`
 */
export async function createApplication(
  services: Services,
  request: Request,
  address: string | null,
): Promise<object> {
  const { accountless, database, vault, now } = services
  if (accountless === null) {
    throw new ApiError('request_invalid_for_environment', {
      detail:
        'This server makes no applications without an account. Use one that "core dev" starts, or keys of an instance.',
    })
  }
  // Any site that a developer visits could ask a server on their machine; pages say where they are from.
  if (request.headers.has('origin')) throw new ApiError('origin_invalid')
  await spendOfServer(services, address, 'applications', now())
  await deleteUnused(services, accountless)
  const signingKey = await services.createSigningKey(resolveSettings({}).signing_algorithm)
  return transact(database, async (tx) => {
    const frontendApi = `${newHostLabel()}.${accountless.host}`
    const time = now()
    const instance = await createInstance(
      tx,
      vault,
      { type: 'development', frontendApi, signingKey },
      time,
    )
    const author = { instance, actor: VISITOR, address, now: time }
    await record(tx, author, 'instance.created', instance.id)
    const secretKey = await issueSecretKey(tx, author)
    const applicationId = newId('app', time)
    await tx
      .update(instances)
      .set({ applicationId, claimTokenHash: hashToken(claimTokenOf(secretKey)), usedAt: time })
      .where(eq(instances.id, instance.id))
    return toApplicationJson(instance, applicationId, secretKey)
  })
}

/** Names a host. It is no secret: it stands in the publishable key. */
function newHostLabel(): string {
  return `app-${randomBytes(8).toString('hex')}`
}
