import type { Instance } from '../instances/instance.ts'
import { isAllowedOrigin } from './origins.ts'

const EXPOSED = 'Clerk-Db-Jwt, x-country, retry-after, authorization'

/** Lets pages of allowed origins read a response of the Frontend API, errors included. */
export function applyCors(response: Response, request: Request, instance: Instance | null): void {
  response.headers.append('vary', 'Origin')
  const origin = request.headers.get('origin')
  if (origin === null || instance === null || !isAllowedOrigin(instance, origin)) return
  response.headers.set('access-control-allow-origin', origin)
  response.headers.set('access-control-allow-credentials', 'true')
  response.headers.set('access-control-expose-headers', EXPOSED)
}

/** Answers a preflight. */
export function answerPreflight(request: Request, instance: Instance): Response {
  const response = new Response(null, { status: 204 })
  applyCors(response, request, instance)
  if (response.headers.has('access-control-allow-origin')) {
    response.headers.set('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
    response.headers.set('access-control-allow-headers', 'Authorization, Content-Type')
    response.headers.set('access-control-max-age', '600')
  }
  return response
}
