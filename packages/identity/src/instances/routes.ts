import type { FrontendRoute } from '../http/route.ts'
import { readJwks } from '../tokens/signing-key.ts'
import { toEnvironmentJson } from './environment.ts'

/** The endpoints that describe an instance. */
export const instanceRoutes: readonly FrontendRoute[] = [
  {
    method: 'GET',
    path: '/environment',
    reply: 'bare',
    handle: async (_services, visit) => toEnvironmentJson(visit.instance),
  },
  {
    // How a development browser asks, with nothing in the body.
    method: 'PATCH',
    path: '/environment',
    reply: 'bare',
    handle: async (_services, visit) => toEnvironmentJson(visit.instance),
  },
  {
    method: 'GET',
    path: '/.well-known/jwks.json',
    reply: 'bare',
    handle: (services, visit) => readJwks(services.database, visit.instance.id, visit.now),
  },
]
