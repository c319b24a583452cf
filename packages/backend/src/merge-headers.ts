import { HEADERS } from '@core/protocol'

/** What headers are added to: `Headers` itself, or an adapter's view of a native response. */
export interface HeaderTarget {
  get(name: string): string | null
  set(name: string, value: string): void
  append(name: string, value: string): void
}

// Headers that mean nothing, or something else, when they have two values.
const SINGLE: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-allow-origin',
  'content-length',
  'content-type',
  HEADERS.location,
  HEADERS.retryAfter,
])

/**
 * Adds headers to those that a response already has. Cookies are appended one by one, headers that
 * can have one value only are replaced, all others are appended.
 *
 * A `Cache-Control` that forbids storing takes the place of the one that is there: `public,
 * max-age=60, private, no-store` would leave the choice to each cache.
 */
export function mergeHeaders(target: HeaderTarget, headers: Headers): void {
  for (const [name, value] of headers) {
    if (SINGLE.has(name) || (name === HEADERS.cacheControl && forbidsStoring(value))) {
      target.set(name, value)
    } else if (name === HEADERS.cacheControl && forbidsStoring(target.get(name) ?? '')) {
      continue
    } else {
      target.append(name, value)
    }
  }
}

function forbidsStoring(cacheControl: string): boolean {
  return cacheControl
    .toLowerCase()
    .split(',')
    .some((directive) => directive.trim() === 'no-store')
}
