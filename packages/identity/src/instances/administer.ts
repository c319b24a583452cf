/** What is done to an instance as a whole, by whoever runs the server. */

import type { InstanceType } from '@core/protocol'

import { transact } from '../database/transact.ts'
import { IdentityError } from '../error.ts'
import type { Services } from '../services.ts'
import { rotateSigningKey } from '../tokens/signing-key.ts'
import { checkHost, createInstance, findInstanceByHost, issueSecretKey } from './instance.ts'
import type { InstanceKeys } from './provision.ts'
import { parseSettingChanges, resolveSettings, type SettingChanges } from './settings.ts'

/**
 * Adds an instance with a secret key, which cannot be had again.
 *
 * @throws {IdentityError} `invalid-host`, `invalid-setting`
 */
export async function addInstance(
  services: Services,
  input: {
    readonly type: InstanceType
    readonly frontendApi: string
    readonly settings?: SettingChanges
  },
): Promise<InstanceKeys> {
  const { database, vault, now } = services
  checkHost(input.type, input.frontendApi)
  const settings = parseSettingChanges(input.settings ?? {})
  const signingKey = await services.createSigningKey(resolveSettings(settings).signing_algorithm)
  return transact(database, async (tx) => {
    const instance = await createInstance(tx, vault, { ...input, settings, signingKey }, now())
    return {
      publishableKey: instance.publishableKey,
      secretKey: await issueSecretKey(tx, instance, now()),
      apiUrl: instance.origin,
    }
  })
}

/**
 * Signs with a new key from now on.
 *
 * @returns the `kid` of the new key
 * @throws {IdentityError} `no-instance`
 */
export async function rotateKeyOf(services: Services, frontendApi: string): Promise<string> {
  const { database, vault, now } = services
  const instance = await findInstanceByHost(database, frontendApi)
  if (instance === null) {
    throw new IdentityError('no-instance', `There is no instance at ${frontendApi}.`)
  }
  const { signing_algorithm: algorithm, session_token_lifetime: lifetime } = instance.settings
  const pair = await services.createSigningKey(algorithm)
  const kid = await rotateSigningKey(database, vault, instance.id, pair, lifetime, now())
  services.forgetSigner(instance.id)
  return kid
}
