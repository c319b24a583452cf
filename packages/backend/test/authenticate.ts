import { type AuthenticatorContext, createAuthenticator } from '../src/authenticator.ts'
import type { ClerkOptions } from '../src/options.ts'
import type { RequestState } from '../src/request/state.ts'
import { type Issuer, NOW } from './issuer.ts'

/** Surroundings without an environment, at a fixed time, where every network call is a failure. */
export const CONTEXT: AuthenticatorContext = {
  env: {},
  sdk: '@core/test@0.0.0',
  now: () => NOW,
  fetch: () => Promise.reject(new Error('No network in this test')),
  warn: (message) => {
    throw new Error(`Unexpected warning: ${message}`)
  },
}

/** Authenticates one request for an instance, with its PEM key unless told otherwise. */
export function stateOf(
  issuer: Issuer,
  request: Request,
  options: ClerkOptions = {},
  context: Partial<AuthenticatorContext> = {},
): Promise<RequestState> {
  const { publishableKey, jwtKey } = issuer
  return createAuthenticator(
    { publishableKey, jwtKey, ...options },
    { ...CONTEXT, ...context },
  ).client.authenticateRequest(request)
}

/** A fetch that answers key set requests, and counts them. */
export function jwksServer(answer: () => Response | Promise<Response>): {
  readonly fetch: typeof fetch
  readonly requests: Request[]
} {
  const requests: Request[] = []
  return {
    requests,
    fetch: (input, init) => {
      requests.push(new Request(input, init))
      return Promise.resolve(answer())
    },
  }
}
