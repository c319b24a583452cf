/** Options, instances and the authentication of requests: what clients and adapters are made of. */

import { type Instances, type Setup, createInstances, createSetup, layOver } from './instance.ts'
import {
  type ClerkOptions,
  type EnvironmentPrefix,
  type ResolvedOptions,
  requireOptions,
  resolveOptions,
} from './options.ts'
import { type Authentication, authenticate } from './request/authenticate.ts'
import type { Runtime } from './runtime.ts'

/** Options, complete, and the instances they name. Knows nothing of the Backend API's methods. */
export interface Core {
  readonly runtime: Runtime
  readonly options: ResolvedOptions
  readonly prefix: EnvironmentPrefix | undefined
  /** Lays options over a setup. Default: that of the core's own options. */
  setup(given?: ClerkOptions, base?: Setup): Setup
  /** @throws {ClerkError} `options-invalid`, before there is a promise. */
  authenticate(request: Request, setup: Setup): Promise<Authentication>
}

/** Creates what is behind a client. */
export function createCore(
  given: ClerkOptions,
  runtime: Runtime,
  prefix?: EnvironmentPrefix,
  instances: Instances = createInstances(runtime),
): Core {
  const options = resolveOptions(given, runtime.env, 'configure', prefix)
  const own = createSetup(options, instances.of(options))
  for (const pattern of options.organizationSyncOptions?.unusable ?? []) {
    runtime.warn(
      `The pattern ${JSON.stringify(pattern)} of organizationSyncOptions.organizationPatterns names no organization. Give it a parameter :id or :slug.`,
    )
  }

  return {
    runtime,
    options,
    prefix,
    setup: (given, base = own) => (given === undefined ? base : layOver(base, given, instances)),
    authenticate(request, setup) {
      if (!isComplete(setup)) requireOptions(setup.options, 'authenticate', prefix)
      return authenticate(request, setup, runtime.now())
    },
  }
}

function isComplete({ options }: Setup): boolean {
  return options.publishableKey !== null && (options.jwtKey !== null || options.secretKey !== null)
}
