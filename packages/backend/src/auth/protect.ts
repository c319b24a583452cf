import { type AuthorizationParams, type Has, type OrganizationPermissionKey } from '@core/protocol'
import { isIdentityUnknown } from '../errors.ts'
import type { AuthObject, SignedInAuthObject } from './auth-object.ts'
import type { RequestKind } from './request-kind.ts'

/** A condition in code: gets `has` and says whether the user may pass. */
export type ProtectCheck = (has: Has) => boolean

/** Where to send visitors instead of the default answer. */
export interface ProtectUrls {
  /** For users without the rights; instead of a 404. */
  readonly unauthorizedUrl?: string | URL | undefined
  /** For visitors who are not signed in; instead of the sign-in page or a 404. */
  readonly unauthenticatedUrl?: string | URL | undefined
}

/** What a user must have. Every condition that is named must hold. */
export type ProtectParams<P extends string = OrganizationPermissionKey> =
  | ProtectCheck
  | (AuthorizationParams<P> & ProtectUrls & { readonly has?: ProtectCheck | undefined })

/** The request that is protected. */
export interface ProtectContext {
  readonly kind: RequestKind
  readonly params?: ProtectParams | undefined
  readonly options?: ProtectUrls | undefined
  /** `reason` of the request's state. */
  readonly reason: string | null
  /** Builds the address of the sign-in page. Asked for only if it is needed. */
  readonly signInUrl: () => string
}

/** What to do with a protected request. */
export type ProtectOutcome =
  | { readonly type: 'allow'; readonly auth: SignedInAuthObject }
  | { readonly type: 'redirect'; readonly url: string }
  | { readonly type: 'not-found' }
  | { readonly type: 'unavailable'; readonly retryAfterSeconds: number }

/** When to try again after the signing keys could not be loaded. */
const RETRY_AFTER_SECONDS = 5

/**
 * Decides whether a request may go on. Pure.
 *
 * | who | answer |
 * |---|---|
 * | signed in, with every right that is named | `allow` |
 * | signed in, without | `unauthorizedUrl`, else `not-found` |
 * | unknown, because the signing keys could not be loaded | `unavailable` |
 * | signed out | `unauthenticatedUrl`, else the sign-in page for a document, else `not-found` |
 *
 * Conditions and URLs may stand in one object. An unknown or malformed condition denies.
 */
export function protect(auth: AuthObject, context: ProtectContext): ProtectOutcome {
  const { conditions, check, unauthorizedUrl, unauthenticatedUrl } = readParams(context)
  if (auth.userId === null) {
    if (isIdentityUnknown(context.reason)) {
      return { type: 'unavailable', retryAfterSeconds: RETRY_AFTER_SECONDS }
    }
    if (unauthenticatedUrl) return { type: 'redirect', url: String(unauthenticatedUrl) }
    if (context.kind === 'document') return { type: 'redirect', url: context.signInUrl() }
    return { type: 'not-found' }
  }
  const meetsConditions =
    conditions === null || auth.has(conditions as Parameters<SignedInAuthObject['has']>[0])
  // Only `true` lets pass: a check that forgot its `return`, or is async, denies.
  const meetsCheck =
    check === undefined || (typeof check === 'function' && check(auth.has) === true)
  if (meetsConditions && meetsCheck) return { type: 'allow', auth }
  if (unauthorizedUrl) return { type: 'redirect', url: String(unauthorizedUrl) }
  return { type: 'not-found' }
}

interface Requirements extends ProtectUrls {
  /** Conditions for `has()`; `null` if none is named. */
  readonly conditions: object | null
  /** Not a function if the caller got it wrong. */
  readonly check: ProtectCheck | undefined | null
}

function readParams({ params, options }: ProtectContext): Requirements {
  if (typeof params === 'function') return { ...options, conditions: null, check: params }
  if (params === undefined) return { ...options, conditions: null, check: undefined }
  if (typeof params !== 'object' || params === null) {
    return { ...options, conditions: null, check: null }
  }
  const { has, unauthorizedUrl, unauthenticatedUrl, ...conditions } = params
  return {
    unauthorizedUrl: options?.unauthorizedUrl ?? unauthorizedUrl,
    unauthenticatedUrl: options?.unauthenticatedUrl ?? unauthenticatedUrl,
    // A condition that is there but undefined came from a lookup that found nothing: it must not
    // turn "needs this role" into "needs nothing".
    conditions: Object.keys(conditions).length > 0 ? conditions : null,
    check: has,
  }
}
