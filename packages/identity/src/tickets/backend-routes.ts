import type { BackendRoute } from '../http/backend-route.ts'
import { createTestingToken } from './testing-token.ts'
import { createTicket, revokeTicket } from './ticket.ts'

/** The endpoints below `/v1/sign_in_tokens`, `/v1/actor_tokens` and `/v1/testing_tokens`. */
export const ticketBackendRoutes: readonly BackendRoute[] = [
  {
    method: 'POST',
    path: '/sign_in_tokens',
    event: 'sign_in_token.created',
    handle: (services, call) => createTicket(services, call, 'sign_in_token'),
  },
  {
    method: 'POST',
    path: '/sign_in_tokens/:id/revoke',
    event: 'sign_in_token.revoked',
    handle: (services, call) => revokeTicket(services, call, 'sign_in_token'),
  },
  {
    method: 'POST',
    path: '/actor_tokens',
    event: 'actor_token.created',
    handle: (services, call) => createTicket(services, call, 'actor_token'),
  },
  {
    method: 'POST',
    path: '/actor_tokens/:id/revoke',
    event: 'actor_token.revoked',
    handle: (services, call) => revokeTicket(services, call, 'actor_token'),
  },
  {
    method: 'POST',
    path: '/testing_tokens',
    event: 'testing_token.created',
    handle: createTestingToken,
  },
]
