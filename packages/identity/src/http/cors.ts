import type { Instance } from '../instances/instance.ts'
import { EVERY_ANSWER, type CommonHeaders } from './common-headers.ts'
import { isAllowedOrigin } from './origins.ts'

const EXPOSED = 'Clerk-Db-Jwt, x-country, retry-after, authorization'

/** What answers of the Frontend API carry, errors included: pages of allowed origins may read them. */
export function corsHeaders(request: Request, instance: Instance | null): CommonHeaders {
  const origin = request.headers.get('origin')
  const headers = { ...EVERY_ANSWER, vary: 'Origin' }
  if (origin === null || instance === null || !isAllowedOrigin(instance, origin)) return headers
  return {
    ...headers,
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': EXPOSED,
  }
}

/**
 * Answers a preflight.
 *
 * @param common what {@link corsHeaders} says of the request
 */
export function answerPreflight(common: CommonHeaders): Response {
  if (common['access-control-allow-origin'] === undefined)
    return new Response(null, { status: 204 })
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'Authorization, Content-Type',
      'access-control-max-age': '600',
    },
  })
}
