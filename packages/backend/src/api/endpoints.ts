import type { ApiCaller, ApiRequest } from './request.ts'
import { toResource } from './resources.ts'

/** How one method of the client is carried out: one request, or a few. */
type Endpoint<Arguments extends readonly unknown[]> =
  | {
      readonly request: (...args: Arguments) => ApiRequest
      /** Makes the result of the body. Default: the resource it describes. */
      readonly read?: (json: unknown) => unknown
    }
  | { readonly run: (api: ApiCaller, ...args: Arguments) => Promise<unknown> }

/** The methods of a group as a table. A method without a row does not compile. */
export type Endpoints<Group> = {
  readonly [M in keyof Group]: Group[M] extends (...args: infer A) => Promise<unknown>
    ? Endpoint<A>
    : never
}

/** Which page of a list. */
export interface PageParams {
  /** From 1 to 500. Default: 10. */
  readonly limit?: number
  readonly offset?: number
}

/** Makes the methods of a group out of its table. */
export function createGroup<Group>(endpoints: Endpoints<Group>, api: ApiCaller): Group {
  const methods = Object.entries(endpoints as Readonly<Record<string, Endpoint<unknown[]>>>).map(
    ([name, endpoint]) => {
      const call = async (...args: unknown[]): Promise<unknown> => {
        if ('run' in endpoint) return endpoint.run(api, ...args)
        return (endpoint.read ?? toResource)(await api(endpoint.request(...args)))
      }
      return [name, call]
    },
  )
  return Object.fromEntries(methods) as Group
}

/** Hands a body on as it is. */
export function asIs(json: unknown): unknown {
  return json
}
