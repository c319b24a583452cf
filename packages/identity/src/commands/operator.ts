/**
 * How commands act on an instance: through the Backend API, which has the rules. Within this process where the
 * database can be opened; where a server holds it, through that server.
 */

import { createBackendApi } from '../http/backend.ts'
import { ApiError, toErrorBody } from '../http/errors.ts'
import { jsonResponse } from '../http/json.ts'
import { IdentityError } from '../error.ts'
import { requireInstance } from '../instances/administer.ts'
import type { Instance } from '../instances/instance.ts'
import { readKeyFile } from '../instances/provision.ts'
import { openServices } from '../open.ts'
import type { Services } from '../services.ts'
import { readMailOptions, readPlace } from './environment.ts'
import type { Arguments } from './subcommands.ts'

/** Calls the Backend API of one instance. */
export interface Operator {
  /** @throws {IdentityError} `refused` in the words of the API */
  call(method: string, path: string, body?: unknown): Promise<unknown>
}

/** Opens the database for a command, and closes it afterwards. */
export async function withServices<T>(
  { text, terminal }: Arguments,
  work: (services: Services) => Promise<T>,
): Promise<T> {
  const { services, close } = await openServices({
    ...readPlace(terminal.env, text('data') ?? '.core'),
    ...readMailOptions(terminal.env),
  })
  try {
    return await work(services)
  } finally {
    await close()
  }
}

/** Lets a command act on the instance that `--instance` names, or on the only one. */
export async function withOperator<T>(
  args: Arguments,
  work: (operator: Operator) => Promise<T>,
): Promise<T> {
  try {
    return await withServices(args, async (services) => {
      const instance = await requireInstance(services.database, args.text('instance'))
      return work(createOperator(services, instance))
    })
  } catch (error) {
    if (!(error instanceof IdentityError) || error.code !== 'data-in-use') throw error
    return work(await reachServer(args, error))
  }
}

function createOperator(services: Services, instance: Instance): Operator {
  const api = createBackendApi(services)
  api.onError((error) => {
    if (error instanceof ApiError) return jsonResponse(toErrorBody(error, ''), error.status)
    throw error
  })
  return {
    call: async (method, path, body) =>
      read(
        await api.fetch(toRequest(instance.origin, method, path, body), {
          traceId: '',
          instance,
          address: null,
        }),
      ),
  }
}

/** A server that holds the embedded database left its address and key beside it. */
async function reachServer(args: Arguments, inUse: IdentityError): Promise<Operator> {
  const keys = await readKeyFile(args.text('data') ?? '.core')
  const named = args.text('instance')
  if (keys === null || (named !== undefined && new URL(keys.apiUrl).host !== named)) throw inUse
  return {
    call: async (method, path, body) => {
      const request = toRequest(keys.apiUrl, method, path, body)
      request.headers.set('authorization', `Bearer ${keys.secretKey}`)
      return read(await fetch(request).catch(() => Promise.reject(inUse)))
    },
  }
}

function toRequest(origin: string, method: string, path: string, body: unknown): Request {
  return new Request(`${origin}/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function read(response: Response): Promise<unknown> {
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return answer
  const [error] = (answer as Partial<ReturnType<typeof toErrorBody>> | null)?.errors ?? []
  const param = error?.meta?.['param_name']
  throw new IdentityError(
    'refused',
    `${error?.long_message ?? 'The server did not answer as it should.'} (${[error?.code ?? response.status, param].filter(Boolean).join(', ')})`,
  )
}
