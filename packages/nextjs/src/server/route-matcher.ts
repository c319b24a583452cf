import { type RoutePattern, createRouteMatcher as createMatcher } from '@core/backend/internal'
import type { NextRequest } from 'next/server'

/** Tells whether a request goes to one of the routes. */
export type RouteMatcher = (request: NextRequest) => boolean

/**
 * Creates a predicate over requests from path patterns: named parameters (`:id`), wildcards (`(.*)`).
 * Case is ignored and the whole path must match.
 *
 * A path that the router could read in another way than the pattern (`//`, `%2F`, …) matches nothing:
 * the middleware answers it with 400.
 *
 * @throws {ClerkError} `route-pattern-invalid`, naming the pattern.
 *
 * @example
 * const isProtected = createRouteMatcher(['/dashboard(.*)', '/orgs/:slug/settings'])
 */
export function createRouteMatcher(
  routes: RoutePattern | readonly RoutePattern[] | RouteMatcher,
): RouteMatcher {
  if (typeof routes === 'function') return routes
  return createMatcher(routes, {
    // oxlint-disable-next-line eslint/no-console -- only the developer can mend a pattern
    warn: (message) => console.warn(message),
  })
}
