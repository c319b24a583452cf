import type { RequestKind } from '@core/backend/internal'
import { redirect } from 'next/navigation'
import { type AuthFunction, createAuthFunction } from './auth-function.ts'
import { handBackPath, needsLoad } from './hand-back.ts'
import { readState } from './request-state.ts'

/**
 * Returns who is asking, in Server Components, Route Handlers and Server Actions of the App Router.
 * What the middleware has found out is read; nothing is verified or fetched again.
 *
 * @throws {TypeError} if `clerkMiddleware()` has not run for the request.
 *
 * @example
 * const { userId } = await auth()
 *
 * @example
 * const { userId } = await auth.protect({ role: 'org:admin' })
 */
export const auth: AuthFunction = createAuthFunction({
  read: readState,
  kindOf: ({ kind }) => (isPage() ? documentOf(kind) : kind),
  leave: (state, url) =>
    redirect(isPage() && needsLoad(state) ? handBackPath(state.url, 'load') : url),
  unavailable: ({ url }) => redirect(handBackPath(url, 'unavailable')),
})

/** A page that is rendered is a document, even if the router of Next.js fetches it in pieces. */
function documentOf(kind: RequestKind): RequestKind {
  return kind === 'api' ? 'document' : kind
}

interface PatchedFetch {
  readonly __nextGetStaticStore?: () => { getStore?: () => { readonly page?: unknown } | undefined }
}

/** Tells whether a page is being rendered rather than a Route Handler run, where Next.js says so. */
function isPage(): boolean {
  const { fetch } = globalThis as { readonly fetch?: PatchedFetch }
  const page = fetch?.__nextGetStaticStore?.().getStore?.()?.page
  return typeof page === 'string' && page.endsWith('/page')
}
