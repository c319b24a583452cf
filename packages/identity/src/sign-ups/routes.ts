import type { SignUpJSON } from '@core/protocol'

import { ApiError } from '../http/errors.ts'
import type { FrontendRoute } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { completeOpenedSignUp } from './opened-link.ts'
import { findAnySignUp, toSignUpJson } from './sign-up.ts'
import { createSignUp, updateSignUp } from './update.ts'
import { attemptVerification, prepareVerification } from './verification.ts'

/** The endpoints below `/v1/client/sign_ups`. */
export const signUpRoutes: readonly FrontendRoute[] = [
  {
    method: 'POST',
    path: '/client/sign_ups',
    reply: 'envelope',
    handle: async (services, visit) =>
      readSignUp(services, visit, await createSignUp(services, visit)),
  },
  {
    method: 'GET',
    path: '/client/sign_ups/:id',
    reply: 'envelope',
    handle: async (services, visit) => {
      await completeOpenedSignUp(services, visit, idOf(visit))
      return readSignUp(services, visit, idOf(visit))
    },
  },
  {
    method: 'PATCH',
    path: '/client/sign_ups/:id',
    reply: 'envelope',
    handle: async (services, visit) => {
      await updateSignUp(services, visit, idOf(visit))
      return readSignUp(services, visit, idOf(visit))
    },
  },
  {
    method: 'POST',
    path: '/client/sign_ups/:id/prepare_verification',
    reply: 'envelope',
    handle: async (services, visit) => {
      await prepareVerification(services, visit, idOf(visit))
      return readSignUp(services, visit, idOf(visit))
    },
  },
  {
    method: 'POST',
    path: '/client/sign_ups/:id/attempt_verification',
    reply: 'envelope',
    handle: async (services, visit) => {
      await attemptVerification(services, visit, idOf(visit))
      return readSignUp(services, visit, idOf(visit))
    },
  },
]

function idOf(visit: Visit): string {
  return visit.path['id'] ?? ''
}

async function readSignUp(services: Services, visit: Visit, id: string): Promise<SignUpJSON> {
  const { database } = services
  const { clientId, instance } = visit
  const client = clientId === null ? null : { id: clientId, instanceId: instance.id }
  const signUp = client === null ? null : await findAnySignUp(database, client, id)
  if (signUp === null) throw new ApiError('resource_not_found')
  return toSignUpJson(database, visit, signUp)
}
