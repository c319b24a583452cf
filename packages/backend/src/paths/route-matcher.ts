/** Which paths a guard stands before. */

import { pathToRegexp } from 'path-to-regexp'
import { ClerkError } from '../errors.ts'

/** A path pattern (`/orgs/:id/(.*)`), or an expression that is held against the path. */
export type RoutePattern = string | RegExp

/** Anything with a path: a path, a URL, or a request. */
export type RouteTarget =
  | string
  | { readonly pathname: string }
  | { readonly url: string; readonly nextUrl?: { readonly pathname: string } }

/**
 * Tells whether a path is one of the routes.
 *
 * @throws {ClerkError} `path-not-canonical` (400), for a path that a router could read differently.
 */
export type RouteMatcher = (target: RouteTarget) => boolean

/** What a route matcher needs from its surroundings. */
export interface RouteMatcherContext {
  /** Tells the developer about a pattern that was mended. */
  readonly warn?: ((message: string) => void) | undefined
}

/**
 * Creates a predicate over paths from patterns of path-to-regexp 6: named parameters `:name`,
 * wildcards `(.*)`. Case is ignored, a trailing slash is allowed, the whole path must match.
 * `/dashboard(.*)` matches `/dashboards` too; `/dashboard/:path*` does not.
 *
 * @throws {ClerkError} `route-pattern-invalid`, naming the pattern.
 * @example
 * const isProtected = createRouteMatcher(['/dashboard(.*)', '/orgs/:slug/settings'])
 */
export function createRouteMatcher(
  patterns: RoutePattern | readonly RoutePattern[] | ((target: RouteTarget) => boolean),
  context: RouteMatcherContext = {},
): RouteMatcher {
  if (typeof patterns === 'function') return patterns
  const list: readonly RoutePattern[] = Array.isArray(patterns) ? patterns : [patterns]
  const expressions = list.map((pattern) => toExpression(pattern, context))
  return (target) => {
    const path = pathOf(target)
    if (!isCanonicalPath(path)) {
      throw new ClerkError(
        'path-not-canonical',
        'The path of the request is not in canonical form.',
      )
    }
    return expressions.some((expression) => expression.test(path))
  }
}

/**
 * Tells whether a path has only one reading: every router that decodes it, or does not, sees the
 * same one. Excluded are empty, `.` and `..` segments, backslashes, invalid escapes, and escapes of
 * characters that need none or that mean something (`%2F`, `%2E`, `%61`, `%25`, control characters).
 */
export function isCanonicalPath(path: string): boolean {
  if (!path.startsWith('/') || path.includes('//') || /[\\\s\p{Cc}]/u.test(path)) return false
  if (/\/\.\.?(?:[/;]|$)/.test(path)) return false
  const escapes = path.match(/%.{0,2}/gs) ?? []
  if (!escapes.every((escape) => /^%[0-9a-f]{2}$/i.test(escape) && !isMeaningful(escape))) {
    return false
  }
  // A space at an end of a segment is dropped by some file systems and proxies.
  if (/%20(?:\/|$)|\/%20/.test(path)) return false
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

function isMeaningful(escape: string): boolean {
  const code = Number.parseInt(escape.slice(1), 16)
  if (code < 0x20 || code === 0x7f) return true
  return code < 0x7f && /[A-Za-z0-9\-._~/\\%]/.test(String.fromCharCode(code))
}

function toExpression(pattern: RoutePattern, { warn }: RouteMatcherContext): RegExp {
  if (typeof pattern !== 'string') {
    // Expressions that remember a place would match every other time.
    return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
  }
  const isRooted = pattern.startsWith('/')
  if (!isRooted && !pattern.startsWith('(')) {
    warn?.(
      `The route pattern ${JSON.stringify(pattern)} lacks its leading slash and was read as ${JSON.stringify(`/${pattern}`)}.`,
    )
  }
  try {
    return pathToRegexp(isRooted ? pattern : `/${pattern}`, undefined, { encode: encodeURI })
  } catch (cause) {
    throw new ClerkError(
      'route-pattern-invalid',
      `The route pattern ${JSON.stringify(pattern)} is not valid. Use named parameters (:name) and wildcards ((.*)).`,
      { cause },
    )
  }
}

function pathOf(target: RouteTarget): string {
  if (typeof target === 'string') {
    return target.startsWith('/') ? target.replace(/[?#].*$/s, '') : new URL(target).pathname
  }
  if ('pathname' in target) return target.pathname
  return target.nextUrl?.pathname ?? new URL(target.url).pathname
}
