import { HEADERS } from '@core/protocol'

/** What a request wants: a page to show, an answer for a program, or the run of a server action. */
export type RequestKind = 'document' | 'api' | 'server-action'

/** The facts of a request that tell its kind. */
export interface RequestKindFacts {
  readonly method: string
  readonly headers: Pick<Headers, 'get'>
}

/**
 * Tells what kind of request this is. Only a page that a browser navigates to is a document; a
 * `fetch()` is not, whatever it accepts.
 */
export function requestKind(request: RequestKindFacts): RequestKind {
  const { headers } = request
  const method = request.method.toUpperCase()
  if (method === 'POST' && isServerAction(headers)) return 'server-action'
  if (method !== 'GET' && method !== 'HEAD') return 'api'
  return isNavigation(headers, (accept) => accept.includes('text/html')) ? 'document' : 'api'
}

/** Tells whether a request may be answered with a redirect to the identity server and back. */
export function canNavigate(request: RequestKindFacts): boolean {
  return (
    request.method === 'GET' &&
    isNavigation(request.headers, (accept) => accept.startsWith('text/html'))
  )
}

function isNavigation(
  headers: Pick<Headers, 'get'>,
  acceptsPage: (accept: string) => boolean,
): boolean {
  const destination = headers.get(HEADERS.secFetchDest)
  if (destination) return destination === 'document' || destination === 'iframe'
  return acceptsPage(headers.get(HEADERS.accept) ?? '')
}

function isServerAction(headers: Pick<Headers, 'get'>): boolean {
  if (headers.get('next-action')) return true
  if (!headers.get('next-url')) return false
  return (
    (headers.get(HEADERS.accept) ?? '').includes('text/x-component') ||
    (headers.get('content-type') ?? '').includes('multipart/form-data')
  )
}
