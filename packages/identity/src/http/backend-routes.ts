import { accountlessBackendRoutes } from '../accountless/backend-routes.ts'
import { clientBackendRoutes } from '../clients/backend-routes.ts'
import { domainBackendRoutes } from '../domains/backend-routes.ts'
import { emailAddressBackendRoutes } from '../email-addresses/backend-routes.ts'
import { jwtTemplateBackendRoutes } from '../jwt-templates/backend-routes.ts'
import { sessionBackendRoutes } from '../sessions/backend-routes.ts'
import { signUpBackendRoutes } from '../sign-ups/backend-routes.ts'
import { organizationDomainBackendRoutes } from '../organizations/domain-routes.ts'
import { applicationInvitationRoutes } from '../invitations/backend-routes.ts'
import { invitationBackendRoutes } from '../organizations/invitation-routes.ts'
import { ticketBackendRoutes } from '../tickets/backend-routes.ts'
import { organizationBackendRoutes } from '../organizations/backend-routes.ts'
import { permissionBackendRoutes } from '../organizations/permission-routes.ts'
import { roleBackendRoutes } from '../organizations/role-routes.ts'
import { organizationSettingsBackendRoutes } from '../organizations/settings-routes.ts'
import { instanceBackendRoutes } from '../instances/backend-routes.ts'
import { redirectUrlBackendRoutes } from '../redirect-urls/backend-routes.ts'
import { restrictionBackendRoutes } from '../restrictions/backend-routes.ts'
import { readJwks } from '../tokens/signing-key.ts'
import { waitlistBackendRoutes } from '../waitlist/backend-routes.ts'
import { userBackendRoutes } from '../users/backend-routes.ts'
import { userFactorBackendRoutes } from '../users/factor-routes.ts'
import type { BackendRoute } from './backend-route.ts'

/** Every endpoint of the Backend API. */
export const backendRoutes: readonly BackendRoute[] = [
  ...userBackendRoutes,
  ...userFactorBackendRoutes,
  ...emailAddressBackendRoutes,
  ...sessionBackendRoutes,
  ...clientBackendRoutes,
  ...signUpBackendRoutes,
  ...organizationBackendRoutes,
  ...roleBackendRoutes,
  ...permissionBackendRoutes,
  ...organizationSettingsBackendRoutes,
  ...invitationBackendRoutes,
  ...applicationInvitationRoutes,
  ...restrictionBackendRoutes,
  ...redirectUrlBackendRoutes,
  ...waitlistBackendRoutes,
  ...instanceBackendRoutes,
  ...organizationDomainBackendRoutes,
  ...jwtTemplateBackendRoutes,
  ...ticketBackendRoutes,
  ...domainBackendRoutes,
  ...accountlessBackendRoutes,
  {
    method: 'GET',
    path: '/jwks',
    handle: ({ database }, { instance, now }) => readJwks(database, instance.id, now),
  },
]
