/** What the server does not start with in production: each would take its users' safety away unnoticed. */

import { isLoopbackHost } from '@core/protocol'

import { IdentityError } from '../error.ts'
import type { Instance } from '../instances/instance.ts'
import { isDevelopmentSecret } from '../vault/secret.ts'

/** What the refusals look at. */
export interface Circumstances {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly instances: readonly Pick<Instance, 'type' | 'frontendApi'>[]
  /** What holds the instances, as sentences begin with it. */
  readonly place: string
}

const holdsProduction = ({ instances }: Circumstances): boolean =>
  instances.some(({ type }) => type === 'production')

const isProduction = (it: Circumstances): boolean =>
  it.env['NODE_ENV'] === 'production' || holdsProduction(it)

const inTheOpen = ({ instances }: Circumstances) =>
  instances.find(({ type, frontendApi }) => type === 'production' && isLoopbackHost(frontendApi))

const GIVE_ONE =
  'Make one with "openssl rand -base64 48", and set CORE_SECRET to it for every process.'

/** First match wins. */
const REFUSALS: readonly {
  readonly refuses: (it: Circumstances) => boolean
  readonly because: (it: Circumstances) => string
}[] = [
  {
    refuses: ({ env, instances }) =>
      env['NODE_ENV'] === 'production' && instances.some(({ type }) => type === 'development'),
    because: ({ place }) =>
      `${place} holds a development instance, whose safeguards are off. Production needs an instance of its own; unset NODE_ENV to run this one for development.`,
  },
  {
    refuses: (it) => inTheOpen(it) !== undefined,
    because: (it) =>
      `The production instance at ${inTheOpen(it)?.frontendApi} has no TLS, so its cookies would travel in the open. Give it a host of its own, such as clerk.example.com.`,
  },
  {
    refuses: (it) => isProduction(it) && Boolean(it.env['ACCOUNTLESS_HOST']),
    because: () =>
      'ACCOUNTLESS_HOST lets anybody make applications here, whose safeguards are off. Unset it, and let a server for development make them.',
  },
  {
    refuses: (it) => isProduction(it) && !it.env['CORE_SECRET'],
    because: () =>
      `There is no secret of your own to keep private keys under: the one in a data directory lies beside what it guards. ${GIVE_ONE}`,
  },
  {
    refuses: (it) => isProduction(it) && isDevelopmentSecret(it.env['CORE_SECRET'] ?? ''),
    because: () => `CORE_SECRET was made for development. ${GIVE_ONE}`,
  },
  {
    refuses: (it) => holdsProduction(it) && !it.env['SMTP_URL'],
    because: () =>
      'There is no mail server, so nobody could sign in. Set SMTP_URL to smtp://user:password@host:587.',
  },
]

/**
 * Refuses to start with what is not safe.
 *
 * @throws {IdentityError} `unsafe-in-production`
 */
export function refuseUnsafe(circumstances: Circumstances): void {
  const refusal = REFUSALS.find(({ refuses }) => refuses(circumstances))
  if (refusal === undefined) return
  throw new IdentityError('unsafe-in-production', refusal.because(circumstances))
}
