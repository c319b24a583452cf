import type { ApiCaller, ApiRequest, CallOptions } from './request.ts'
import { toResource } from './resources.ts'

/** How one method of the client is carried out: one request, or a few. */
type Endpoint<Arguments extends readonly unknown[]> =
  | {
      readonly request: (...args: Arguments) => ApiRequest
      /** Makes the result of the body. Default: the resource it describes. */
      readonly read?: (json: unknown) => unknown
    }
  | { readonly run: (api: ApiCaller, ...args: Arguments) => Promise<unknown> }

/**
 * The methods of a group as a table. A method without a row does not compile.
 *
 * A row names every parameter of its method, and gives none a default: the options of a call are the
 * argument behind the last one, and that is counted.
 */
export type Endpoints<Group> = {
  readonly [M in keyof Group]: Group[M] extends (...args: infer A) => Promise<unknown>
    ? Endpoint<A>
    : never
}

/** The methods of a group as they are called: each takes {@link CallOptions} behind its parameters. */
export type Callable<Group> = {
  readonly [M in keyof Group]: Group[M] extends (...args: infer A) => infer R
    ? (...args: [...A, options?: CallOptions]) => R
    : never
}

/** Which page of a list. */
export interface PageParams {
  /** From 1 to 500. Default: 10. */
  readonly limit?: number
  /** How many to leave out before the first. Default: 0. */
  readonly offset?: number
}

/** Makes the methods of a group out of its table. */
export function createGroup<Group>(endpoints: Endpoints<Group>, api: ApiCaller): Callable<Group> {
  const rows = Object.entries(endpoints as Readonly<Record<string, Endpoint<unknown[]>>>)
  return Object.fromEntries(
    rows.map(([name, endpoint]) => [name, toMethod(endpoint, api)]),
  ) as Callable<Group>
}

function toMethod(
  endpoint: Endpoint<unknown[]>,
  api: ApiCaller,
): (...args: unknown[]) => Promise<unknown> {
  const arity = 'run' in endpoint ? endpoint.run.length - 1 : endpoint.request.length
  return async (...args) => {
    const options = args[arity] as CallOptions | undefined
    const given = args.slice(0, arity)
    if ('run' in endpoint) return endpoint.run((request) => api(request, options), ...given)
    return (endpoint.read ?? toResource)(await api(endpoint.request(...given), options))
  }
}

/** Hands a body on as it is. */
export function asIs(json: unknown): unknown {
  return json
}
