import type { Instance } from '../instances/instance.ts'
import { claimTokenOf } from '../secrets.ts'

/** Path of the page on which an application is claimed. */
export const CLAIM_PATH = '/apps/claim'

/** Path of the page with the keys of a claimed application. Clients read its parts. */
export const KEYS_PAGE_PATH = '/apps/:application/instances/:instance/api-keys'

/** Address of the page that has the keys of an application. */
export function keysPageUrl({ origin, id }: Instance, applicationId: string): URL {
  const path = KEYS_PAGE_PATH.replace(':application', applicationId).replace(':instance', id)
  return new URL(path, origin)
}

/** Writes an application for its developer, who holds the secret key. */
export function toApplicationJson(
  instance: Instance,
  applicationId: string,
  secretKey: string,
): object {
  return {
    object: 'accountless_application',
    publishable_key: instance.publishableKey,
    secret_key: secretKey,
    claim_url: `${instance.origin}${CLAIM_PATH}?token=${claimTokenOf(secretKey)}`,
    api_keys_url: keysPageUrl(instance, applicationId).href,
  }
}
