import { readJwks } from '../tokens/signing-key.ts'
import type { BackendRoute } from './backend-route.ts'

/** Every endpoint of the Backend API. */
export const backendRoutes: readonly BackendRoute[] = [
  {
    method: 'GET',
    path: '/jwks',
    handle: ({ database }, { instance }) => readJwks(database, instance.id),
  },
]
