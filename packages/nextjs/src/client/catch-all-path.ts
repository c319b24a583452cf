/** The parameters of a route: those of catch-all segments are lists. */
export type RouteParams = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Returns where a component that routes by path is mounted: the current path without what the
 * route's catch-all segment holds.
 *
 * @example
 * catchAllPath('/sign-in/factor-one', { 'sign-in': ['factor-one'] }) // '/sign-in'
 */
export function catchAllPath(pathname: string, params: RouteParams | null): string {
  const depth = Object.values(params ?? {}).flatMap((value) =>
    Array.isArray(value) ? value : [],
  ).length
  if (depth === 0) return pathname
  const mounted = pathname.split('/').slice(0, -depth).join('/')
  return mounted === '' ? '/' : mounted
}
