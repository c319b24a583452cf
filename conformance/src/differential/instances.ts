/** Two instances, one of each type. One key signs for both, as the plans of tokens do not ask which. */
import { createHash } from 'node:crypto'

import { createPublishableKey } from '@core/protocol'

export type InstanceType = 'development' | 'production'

export interface TestInstance {
  readonly host: string
  readonly publishableKey: string
  readonly secretKey: string
  /** Of cookie names. Worked out here anew, not by the code under test. */
  readonly suffix: string
}

export const INSTANCES: Readonly<Record<InstanceType, TestInstance>> = {
  development: create('development', 'happy-cat-7.clerk.accounts.dev', 'sk_test_differential'),
  production: create('production', 'clerk.example.com', 'sk_live_differential'),
}

function create(type: InstanceType, host: string, secretKey: string): TestInstance {
  const publishableKey = createPublishableKey(type, host)
  const digest = createHash('sha1').update(publishableKey).digest('base64url')
  return { host, publishableKey, secretKey, suffix: digest.slice(0, 8) }
}
