import { HEADERS } from '@core/protocol'
import { type AuthObject, createSignedOutAuth } from './auth/auth-object.ts'
import { type Redirects, createRedirects } from './auth/redirects.ts'
import { type ClerkClient, clientOf } from './client.ts'
import { type Core, createCore } from './core.ts'
import { ClerkError } from './errors.ts'
import type { Setup } from './instance.ts'
import {
  type ClerkOptions,
  type Environment,
  type EnvironmentPrefix,
  resolveOptions,
} from './options.ts'
import type { Authentication } from './request/authenticate.ts'
import type { RequestState } from './request/state.ts'
import { createRuntime } from './runtime.ts'

/** Options of an adapter's middleware. */
export type AuthenticatorOptions = ClerkOptions

/** Options, or a function that chooses them for each request, which it gets as the framework has it. */
export type AuthenticatorOptionsOrCallback<Native = Request> =
  | AuthenticatorOptions
  | ((request: Native) => AuthenticatorOptions | Promise<AuthenticatorOptions>)

/** What an adapter knows about its surroundings. */
export interface AuthenticatorContext {
  readonly env: Environment
  /** Prefix of the variables that this framework shows to browsers. */
  readonly envPrefix?: EnvironmentPrefix
  /** Name and version of the adapter. */
  readonly sdk: `@core/${string}@${string}`
  readonly now?: () => number
  readonly fetch?: typeof fetch
  readonly warn?: (message: string) => void
}

/** What an adapter must do with a request. */
export type Outcome = RespondOutcome | ContinueOutcome

/** Answer with this response; append its headers one by one. */
export interface RespondOutcome {
  readonly type: 'respond'
  readonly response: Response
}

/** Let the app answer; append these headers to its response one by one. */
export interface ContinueOutcome {
  readonly type: 'continue'
  readonly auth: AuthObject
  readonly headers: Headers
  readonly state: RequestState
  /** Public URL of the request. */
  readonly url: URL
  /** Identifies a development browser to the identity server. */
  readonly devBrowserToken: string | undefined
  /** Builders of sign-in and sign-up addresses for this request. */
  readonly redirects: Redirects
  /** Options of this request, complete, and the instance they name. */
  readonly setup: Setup
}

/** Authenticates requests for an adapter. */
export interface RequestAuthenticator<Native = Request> {
  /**
   * Finds out who is asking and what to do about it. Never throws because of what a request holds.
   *
   * @param native What a function of options is called with. Default: the request itself.
   * @throws {ClerkError} `options-invalid`
   */
  handle(
    request: Request,
    ...native: Request extends Native ? [native?: Native] : [native: Native]
  ): Promise<Outcome>
  /** Lays options over those that do not depend on a request. */
  setup(options?: ClerkOptions): Setup
  /** What is behind it. */
  core(): Core
  /**
   * Resolves and checks the options now instead of with the first request.
   *
   * @throws {ClerkError} `options-invalid`, with every problem in one message.
   */
  assertConfigured(): void
}

/** Authenticates requests for an adapter, and has the Backend API's methods. */
export interface Authenticator<Native = Request> extends RequestAuthenticator<Native> {
  /** Client of the Backend API with the options that do not depend on a request. */
  readonly client: ClerkClient
  /** Client of the Backend API with the keys of this setup, such as that of an outcome. */
  clientOf(setup: Setup): ClerkClient
}

/**
 * Creates the part of an adapter that decides, with clients of the Backend API. Nothing is resolved
 * before the first use, so that a module can create one while no environment is there yet.
 */
export function createAuthenticator<Native = Request>(
  options: AuthenticatorOptionsOrCallback<Native> | undefined,
  context: AuthenticatorContext,
): Authenticator<Native> {
  const authenticator = createRequestAuthenticator(options, context)
  const { core } = authenticator
  let client: ClerkClient | undefined
  return {
    ...authenticator,
    get client() {
      client ??= clientOf(core())
      return client
    },
    clientOf: (setup) => clientOf(core(), setup),
  }
}

/**
 * As {@link createAuthenticator}, without clients: what a middleware needs. A bundle that has no other
 * use for them then holds none of the Backend API's methods.
 */
export function createRequestAuthenticator<Native = Request>(
  options: AuthenticatorOptionsOrCallback<Native> | undefined,
  context: AuthenticatorContext,
): RequestAuthenticator<Native> {
  let core: Core | undefined
  const isDynamic = typeof options === 'function'

  const getCore = (): Core => {
    core ??= createConfiguredCore(isDynamic ? {} : (options ?? {}), context)
    return core
  }

  // Before anything else is made of the options, so that all that is wrong is told at once.
  const assertConfigured = (): void => {
    const [given, purpose] = isDynamic
      ? [{}, 'configure' as const]
      : [options, 'authenticate' as const]
    resolveOptions(given ?? {}, context.env, purpose, context.envPrefix)
  }

  return {
    async handle(request, ...[native]) {
      if (core === undefined) assertConfigured()
      const current = getCore()
      // The types see to it that a request of another kind is given where one is expected.
      const given = (native ?? request) as Native
      const setup = current.setup(isDynamic ? await options(given) : undefined)
      return toOutcome(await current.authenticate(request, setup), setup)
    },
    setup: (given) => getCore().setup(given),
    core: getCore,
    assertConfigured,
  }
}

function createConfiguredCore(options: ClerkOptions, context: AuthenticatorContext): Core {
  const runtime = createRuntime({
    env: context.env,
    userAgent: context.sdk,
    ...(context.now && { now: context.now }),
    ...(context.fetch && { fetch: context.fetch }),
    ...(context.warn && { warn: context.warn }),
  })
  const core = createCore(options, runtime, context.envPrefix)
  if (core.options.encryptionKey?.some((key) => key.length < 32)) {
    runtime.warn('CLERK_ENCRYPTION_KEY is short. Make a better one with `openssl rand -hex 32`.')
  }
  return core
}

function toOutcome({ state, facts }: Authentication, setup: Setup): Outcome {
  // Only a handshake, or the answer to one, redirects; other headers are made when asked for.
  const mayRedirect = state.status === 'handshake' || facts.handshake !== 'absent'
  if (mayRedirect && state.headers.has(HEADERS.location)) {
    const response = new Response(null, { status: 307, headers: state.headers })
    return { type: 'respond', response }
  }
  // Made when asked for: most routes need few of these.
  let auth: AuthObject | undefined
  let redirects: Redirects | undefined
  return {
    type: 'continue',
    state,
    setup,
    devBrowserToken: facts.devBrowserToken,
    get auth() {
      auth ??= state.toAuth() ?? createSignedOutAuth({ reason: state.reason })
      return auth
    },
    get headers() {
      return state.headers
    },
    get url() {
      return facts.publicUrl
    },
    get redirects() {
      redirects ??= createRedirects({
        publishableKey: setup.options.publishableKey,
        signInUrl: setup.options.signInUrl,
        signUpUrl: setup.options.signUpUrl,
        url: facts.publicUrl,
        devBrowserToken: facts.devBrowserToken,
        sessionStatus: this.auth.sessionStatus,
        isSatellite: state.isSatellite,
      })
      return redirects
    },
  }
}

/**
 * Returns the response to an error that a request caused, such as a path with two readings;
 * `null` for every other error, which belongs to the framework.
 */
export function toErrorResponse(error: unknown): Response | null {
  if (!(error instanceof ClerkError) || error.status >= 500) return null
  return new Response(null, {
    status: error.status,
    headers: { [HEADERS.cacheControl]: 'no-store' },
  })
}
