import type { BackendRoute } from '../http/backend-route.ts'
import {
  createTemplate,
  deleteTemplate,
  listTemplates,
  readTemplate,
  updateTemplate,
} from './template.ts'

/** The endpoints below `/v1/jwt_templates`. */
export const jwtTemplateBackendRoutes: readonly BackendRoute[] = [
  { method: 'GET', path: '/jwt_templates', handle: listTemplates },
  { method: 'POST', path: '/jwt_templates', event: 'jwt_template.created', handle: createTemplate },
  { method: 'GET', path: '/jwt_templates/:id', handle: readTemplate },
  {
    method: 'PATCH',
    path: '/jwt_templates/:id',
    event: 'jwt_template.updated',
    handle: updateTemplate,
  },
  {
    method: 'DELETE',
    path: '/jwt_templates/:id',
    event: 'jwt_template.deleted',
    handle: deleteTemplate,
  },
]
