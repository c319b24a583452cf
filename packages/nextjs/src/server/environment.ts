import {
  type AuthenticatorContext,
  type RequestAuthenticator,
  createRequestAuthenticator,
} from '@core/backend/internal'

/** What this framework tells the core about its surroundings. */
export const CONTEXT: AuthenticatorContext = {
  // The whole object: single variables that begin with `NEXT_PUBLIC_` would be frozen into the build.
  env: process.env,
  envPrefix: 'NEXT_PUBLIC_',
  sdk: '@core/nextjs@0.0.0',
}

/** Knows the environment and nothing else. The middleware and the server agree on it. */
export const environment: RequestAuthenticator = createRequestAuthenticator(undefined, CONTEXT)
