import type { SessionClaims } from '@core/protocol'
import { type AuthObject, createSignedOutAuth } from '../auth/auth-object.ts'
import { type Redirects, createRedirects } from '../auth/redirects.ts'
import type { RequestKind } from '../auth/request-kind.ts'
import type { ContinueOutcome, RequestAuthenticator } from '../authenticator.ts'
import { ClerkError } from '../errors.ts'
import type { Setup } from '../instance.ts'
import type { ResolvedOptions } from '../options.ts'
import type { StateReason } from '../request/reasons.ts'
import { type RequestState, signedIn, signedOut } from '../request/state.ts'
import { parseToken } from '../session/token-gate.ts'
import { openEnvelope, sealEnvelope } from './envelope.ts'

/** What a middleware found out about a request, as the server that renders it gets it. */
export interface ForwardedState {
  readonly state: RequestState
  readonly auth: AuthObject
  /** Public URL of the request. */
  readonly url: URL
  readonly kind: RequestKind
  readonly redirects: Redirects
  /** Options of this request, complete, and the instance they name. */
  readonly setup: Setup
}

/** The options that a middleware may choose for each request, and that its server must know. */
interface DynamicOptions {
  readonly publishableKey?: string
  readonly secretKey?: string
  readonly signInUrl?: string
  readonly signUpUrl?: string
}

interface Payload {
  readonly token: string | null
  readonly reason: StateReason | null
  readonly message: string | null
  readonly url: string
  readonly kind: RequestKind
  readonly devBrowserToken?: string
  readonly options: DynamicOptions
}

// Rendering may begin late, and streams for long; nobody but the middleware holds an envelope.
const MAX_AGE_MS = 5 * 60_000

/**
 * Seals what a middleware found out about a request.
 *
 * @param base Authenticator with the options of the environment alone: what differs from them travels.
 * @throws {ClerkError} `options-invalid`, if there is no key, or if a secret key travels without
 *   `CLERK_ENCRYPTION_KEY`.
 */
export function sealRequestState(
  outcome: ContinueOutcome,
  kind: RequestKind,
  base: RequestAuthenticator,
  now: number,
): Promise<string> {
  const { state, url, devBrowserToken, setup } = outcome
  const environment = base.setup().options
  const payload: Payload = {
    token: state.token,
    reason: state.reason,
    message: state.message,
    url: url.href,
    kind,
    ...(devBrowserToken !== undefined && { devBrowserToken }),
    options: dynamicOptions(setup.options, environment),
  }
  if (payload.options.secretKey !== undefined && environment.encryptionKey === null) {
    throw new ClerkError(
      'options-invalid',
      'The secretKey option of the middleware needs CLERK_ENCRYPTION_KEY, which encrypts it on its way to the server. Make one with `openssl rand -hex 32`.',
    )
  }
  return sealEnvelope(payload, { purpose: 'request-state', key: keysOf(environment)[0], now })
}

/**
 * Opens what {@link sealRequestState} has sealed.
 *
 * @param base Authenticator with the options of the environment alone.
 * @throws {ClerkError} `envelope-invalid`, if anybody else has made it.
 */
export async function openRequestState(
  sealed: string,
  base: RequestAuthenticator,
  now: number,
): Promise<ForwardedState> {
  const payload = (await openEnvelope(sealed, {
    purpose: 'request-state',
    key: keysOf(base.setup().options),
    now,
    maxAgeMs: MAX_AGE_MS,
  })) as Payload
  const setup = base.setup(payload.options)
  const url = new URL(payload.url)
  const state = stateOf(payload, setup, url)
  const auth = state.toAuth() ?? createSignedOutAuth({ reason: state.reason })
  return {
    state,
    setup,
    auth,
    url,
    kind: payload.kind,
    redirects: createRedirects({
      publishableKey: setup.options.publishableKey,
      signInUrl: setup.options.signInUrl,
      signUpUrl: setup.options.signUpUrl,
      url,
      devBrowserToken: payload.devBrowserToken,
      sessionStatus: auth.sessionStatus,
      isSatellite: state.isSatellite,
    }),
  }
}

function stateOf({ token, reason, message }: Payload, setup: Setup, url: URL): RequestState {
  const site = setup.siteOf(() => url)
  if (token === null) return signedOut(setup, site, reason ?? 'unexpected-error', message ?? '')
  // The middleware has verified it, and the envelope proves that the middleware sent it.
  const claims = parseToken(token)?.claims
  if (claims === undefined) return signedOut(setup, site, 'unexpected-error', '')
  return signedIn(setup, site, token, claims as unknown as SessionClaims)
}

function dynamicOptions(options: ResolvedOptions, environment: ResolvedOptions): DynamicOptions {
  const { publishableKey, secretKey, signInUrl, signUpUrl } = options
  return {
    ...(publishableKey !== null &&
      publishableKey.key !== environment.publishableKey?.key && {
        publishableKey: publishableKey.key,
      }),
    ...(secretKey !== null && secretKey !== environment.secretKey && { secretKey }),
    ...(signInUrl !== null && signInUrl !== environment.signInUrl && { signInUrl }),
    ...(signUpUrl !== null && signUpUrl !== environment.signUpUrl && { signUpUrl }),
  }
}

/** Keys of envelopes, newest first. */
function keysOf({ encryptionKey, secretKey }: ResolvedOptions): readonly [string, ...string[]] {
  const [newest, ...older] = encryptionKey ?? (secretKey === null ? [] : [secretKey])
  if (newest === undefined) {
    throw new ClerkError(
      'options-invalid',
      'The middleware needs a key to tell the server who is asking. Set CLERK_ENCRYPTION_KEY, or CLERK_SECRET_KEY.',
    )
  }
  return [newest, ...older]
}
