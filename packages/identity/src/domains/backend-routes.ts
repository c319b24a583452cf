import type { BackendRoute } from '../http/backend-route.ts'
import { addDomain, deleteDomain, listDomains, updateDomain } from './domain.ts'

/** The endpoints below `/v1/domains`. */
export const domainBackendRoutes: readonly BackendRoute[] = [
  { method: 'GET', path: '/domains', handle: listDomains },
  { method: 'POST', path: '/domains', event: 'domain.created', handle: addDomain },
  { method: 'PATCH', path: '/domains/:id', event: 'domain.updated', handle: updateDomain },
  { method: 'DELETE', path: '/domains/:id', event: 'domain.deleted', handle: deleteDomain },
]
