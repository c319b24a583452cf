/** The variables of an app that uses an instance. */

import type { InstanceKeys } from './provision.ts'

/** The environment that tells an app where its instance is. */
export function environmentOf(keys: InstanceKeys): Readonly<Record<string, string>> {
  return {
    CLERK_PUBLISHABLE_KEY: keys.publishableKey,
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: keys.publishableKey,
    CLERK_SECRET_KEY: keys.secretKey,
    CLERK_API_URL: keys.apiUrl,
  }
}
