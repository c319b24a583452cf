import { HEADERS, type SessionClaims } from '@core/protocol'
import {
  type AuthObject,
  type SignedInAuthObject,
  type SignedOutAuthObject,
  type ToAuthOptions,
  toAuth,
} from '../auth/auth-object.ts'
import type { Setup } from '../instance.ts'
import type { Site } from '../site.ts'
import type { StateReason } from './reasons.ts'

interface CommonState {
  /** Kind of token that was looked for. */
  readonly tokenType: 'session_token'
  /** What a developer reads about a request that is not signed in; else `null`. */
  readonly message: string | null
  /**
   * Headers the response must carry, each appended: cookies, redirects, and `cache-control` where
   * the response belongs to one visitor.
   */
  readonly headers: Headers
  /** Publishable key of the instance. */
  readonly publishableKey: string
  /** As configured; empty if the Account Portal is meant. */
  readonly signInUrl: string
  /** As configured; empty if the Account Portal is meant. */
  readonly signUpUrl: string
  /** As configured. Default: `/`. */
  readonly afterSignInUrl: string
  /** As configured. Default: `/`. */
  readonly afterSignUpUrl: string
  /** Whether this app is on a domain of its own and follows the primary one. */
  readonly isSatellite: boolean
  /** Domain of the satellite; empty if there is none. */
  readonly domain: string
  /** Absolute URL of the proxy to the Frontend API; empty if there is none. */
  readonly proxyUrl: string
}

/** A request with a valid session. */
export interface SignedInState extends CommonState {
  /** Tells the states apart. */
  readonly status: 'signed-in'
  /** There is nothing to explain. */
  readonly reason: null
  /** Whether somebody is signed in, and has no tasks left. */
  readonly isSignedIn: true
  /** Same as `isSignedIn`. */
  readonly isAuthenticated: true
  /** The session token. */
  readonly token: string
  /** Makes the Auth object: who it is, and what they may do. */
  toAuth(options?: ToAuthOptions): SignedInAuthObject
}

/** A request with a valid session that has tasks left. Counts as signed out unless asked otherwise. */
export interface PendingState extends CommonState {
  /** Tells the states apart: the session is valid. */
  readonly status: 'signed-in'
  /** There is nothing to explain. */
  readonly reason: null
  /** Whether somebody is signed in, and has no tasks left. */
  readonly isSignedIn: false
  /** Same as `isSignedIn`. */
  readonly isAuthenticated: false
  /** The session token. */
  readonly token: string
  /** Makes the Auth object: signed out, unless `treatPendingAsSignedOut` is false. */
  toAuth(options?: ToAuthOptions): AuthObject
}

/** A request that is not signed in, for this reason. */
export interface SignedOutState extends CommonState {
  /** Tells the states apart. */
  readonly status: 'signed-out'
  /** Why nobody is signed in: `docs/reference/reasons.md` has them all. */
  readonly reason: StateReason
  /** Whether somebody is signed in, and has no tasks left. */
  readonly isSignedIn: false
  /** Same as `isSignedIn`. */
  readonly isAuthenticated: false
  /** No token was accepted. */
  readonly token: null
  /** Makes the Auth object of nobody. */
  toAuth(options?: ToAuthOptions): SignedOutAuthObject
}

/** A request that the identity server must see first: redirect it to the `location` header. */
export interface HandshakeState extends CommonState {
  /** Tells the states apart. */
  readonly status: 'handshake'
  /** Why the identity server is asked: `docs/reference/reasons.md` has them all. */
  readonly reason: StateReason
  /** Whether somebody is signed in: nobody knows yet. */
  readonly isSignedIn: false
  /** Same as `isSignedIn`. */
  readonly isAuthenticated: false
  /** No token was accepted yet. */
  readonly token: null
  /** Makes no Auth object: the visitor comes back with the answer. */
  toAuth(options?: ToAuthOptions): null
}

/** Answer to "who is asking?". */
export type RequestState = SignedInState | PendingState | SignedOutState | HandshakeState

/** Headers a state carries beyond those that follow from its status. */
export interface StateHeaders {
  readonly location?: string | undefined
  readonly cookies?: readonly string[] | undefined
}

const PRIVATE = 'private, no-store'

// Headers and Auth object are made when they are asked for: most callers read one of the two, once.
class State {
  readonly tokenType = 'session_token'
  readonly status: RequestState['status']
  readonly reason: StateReason | null
  readonly message: string | null
  readonly token: string | null
  readonly isSignedIn: boolean
  readonly isAuthenticated: boolean
  /** Works taken apart from its state, as applications use it. */
  readonly toAuth: (options?: ToAuthOptions) => AuthObject | null
  readonly #setup: Setup
  readonly #site: Site
  readonly #claims: SessionClaims | null
  readonly #given: StateHeaders | undefined
  #headers: Headers | undefined
  #auth: AuthObject | undefined

  constructor(
    setup: Setup,
    site: Site,
    status: RequestState['status'],
    reason: StateReason | null,
    message: string | null,
    session: { readonly token: string; readonly claims: SessionClaims } | null,
    given?: StateHeaders,
  ) {
    this.#setup = setup
    this.#site = site
    this.#claims = session?.claims ?? null
    this.#given = given
    this.status = status
    this.reason = reason
    this.message = message
    this.token = session?.token ?? null
    this.isSignedIn = session !== null && session.claims.sts !== 'pending'
    this.isAuthenticated = this.isSignedIn
    this.toAuth = (options) => this.#toAuth(options)
  }

  get publishableKey(): string {
    return this.#setup.options.publishableKey?.key ?? ''
  }
  get signInUrl(): string {
    return this.#setup.options.signInUrl ?? ''
  }
  get signUpUrl(): string {
    return this.#setup.options.signUpUrl ?? ''
  }
  get afterSignInUrl(): string {
    return this.#setup.options.afterSignInUrl
  }
  get afterSignUpUrl(): string {
    return this.#setup.options.afterSignUpUrl
  }
  get isSatellite(): boolean {
    return this.#site.isSatellite
  }
  get domain(): string {
    return this.#site.domain
  }
  get proxyUrl(): string {
    return this.#site.proxyUrl
  }

  get headers(): Headers {
    this.#headers ??= this.#createHeaders()
    return this.#headers
  }

  #toAuth(options?: ToAuthOptions): AuthObject | null {
    if (this.status === 'handshake') return null
    const { api, verifier } = this.#setup.instance
    const make = (): AuthObject =>
      toAuth(this.token, this.#claims, this.reason, api, options, verifier.keys)
    if (options !== undefined) return make()
    this.#auth ??= make()
    return this.#auth
  }

  #createHeaders(): Headers {
    const headers = new Headers()
    const { location, cookies = [] } = this.#given ?? {}
    if (this.reason !== null) {
      headers.set(HEADERS.authStatus, this.status)
      headers.set(HEADERS.authReason, this.reason)
      if (this.message) headers.set(HEADERS.authMessage, this.message)
    }
    for (const cookie of cookies) headers.append(HEADERS.setCookie, cookie)
    if (location !== undefined) headers.set(HEADERS.location, location)
    // Pages of one visitor, and cookies for one, must never be served to the next by a shared cache.
    if (this.token !== null || location !== undefined || cookies.length > 0) {
      headers.set(HEADERS.cacheControl, PRIVATE)
    }
    return headers
  }
}

/** The state of a request with a verified session. */
export function signedIn(
  setup: Setup,
  site: Site,
  token: string,
  claims: SessionClaims,
  headers?: StateHeaders,
): SignedInState | PendingState {
  return new State(setup, site, 'signed-in', null, null, { token, claims }, headers) as
    | SignedInState
    | PendingState
}

/** The state of a request that is not signed in. */
export function signedOut(
  setup: Setup,
  site: Site,
  reason: StateReason,
  message: string,
  headers?: StateHeaders,
): SignedOutState {
  return new State(setup, site, 'signed-out', reason, message, null, headers) as SignedOutState
}

/** The state of a request that goes to the identity server first. */
export function handshake(
  setup: Setup,
  site: Site,
  reason: StateReason,
  message: string,
  headers: StateHeaders & { readonly location: string },
): HandshakeState {
  return new State(setup, site, 'handshake', reason, message, null, headers) as HandshakeState
}

/** Returns what of a state may be shown to a developer. Nothing in it is secret. */
export function debugRequestState(state: RequestState): Readonly<Record<string, unknown>> {
  const { isSignedIn, proxyUrl, reason, message, publishableKey, isSatellite, domain } = state
  return { isSignedIn, proxyUrl, reason, message, publishableKey, isSatellite, domain }
}
