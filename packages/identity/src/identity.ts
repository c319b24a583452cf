import { resolve } from 'node:path'

import type { InstanceType } from '@core/protocol'

import { createApp, type Fetch } from './app.ts'
import type { DatabaseHandle } from './database/database.ts'
import {
  addInstance,
  listInstances,
  rotateKeyOf,
  type ListedInstance,
} from './instances/administer.ts'
import { provisionDevelopment, type InstanceKeys } from './instances/provision.ts'
import type { SettingChanges } from './instances/settings.ts'
import type { Metrics } from './metrics/metrics.ts'
import { assembleServices, openServices, type IdentityOptions } from './open.ts'
import type { Services } from './services.ts'

/** A running identity server, without a socket. */
export interface Identity {
  /** Answers a request. Never rejects. */
  readonly fetch: Fetch
  /**
   * Finds or makes the development instance and its keys. Its host follows the argument.
   *
   * @param settings changes that are kept until they are changed again
   */
  provision(frontendApi: string, settings?: SettingChanges): Promise<InstanceKeys>
  /** Adds an instance with its own keys, users and sessions. */
  addInstance(input: {
    readonly type: InstanceType
    readonly frontendApi: string
    readonly settings?: SettingChanges
  }): Promise<InstanceKeys>
  /**
   * Signs with a new key from now on. The one before stays in the key set until its tokens have expired.
   *
   * @param frontendApi host of the instance
   * @returns the `kid` of the new key
   * @throws {IdentityError} `no-instance`
   */
  rotateSigningKey(frontendApi: string): Promise<string>
  /** Lists the instances there are: what they are for, and where. */
  listInstances(): Promise<readonly Pick<ListedInstance, 'type' | 'frontendApi'>[]>
  /**
   * Answers figures in the text format of Prometheus, or 404 if nothing is measured. They are for whoever
   * runs the server: not to be served beside the APIs.
   */
  metrics(): Promise<Response>
  /** Closes the database and gives the data directory back. */
  close(): Promise<void>
}

/**
 * Opens an identity server.
 *
 * @throws {IdentityError} `data-in-use`, `data-unreadable`, `disk-full`, `database-url-invalid`,
 * `database-unreachable`, `database-foreign`, `invalid-host`, `invalid-option`, `schema-outdated`,
 * `secret-missing`, `secret-weak`, `secret-wrong`
 *
 * @example
 * const identity = await createIdentity({ data: '.core' })
 * const { publishableKey, secretKey } = await identity.provision('localhost:4000')
 * const response = await identity.fetch(new Request('http://localhost:4000/v1/environment'))
 */
export async function createIdentity(options: IdentityOptions = {}): Promise<Identity> {
  const directory = options.data === undefined ? null : resolve(options.data)
  const { services, close } = await openServices(options)
  return toIdentity(services, directory, close)
}

/** Puts a server together around an open database, which it closes. */
export function assembleIdentity(
  opened: DatabaseHandle,
  directory: string | null,
  options: IdentityOptions,
  metrics: Metrics | null = null,
): Identity {
  return toIdentity(assembleServices(opened, options, metrics), directory, opened.close)
}

function toIdentity(
  services: Services,
  directory: string | null,
  close: () => Promise<void>,
): Identity {
  return {
    fetch: createApp(services),
    provision: (frontendApi, settings = {}) =>
      provisionDevelopment(services, { frontendApi, settings, directory }),
    addInstance: (input) => addInstance(services, input),
    rotateSigningKey: (frontendApi) => rotateKeyOf(services, frontendApi),
    listInstances: () => listInstances(services.database),
    metrics: async () => services.metrics?.toResponse() ?? new Response(null, { status: 404 }),
    close,
  }
}
