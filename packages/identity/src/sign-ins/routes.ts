import type { SignInJSON } from '@core/protocol'

import { ApiError } from '../http/errors.ts'
import type { FrontendRoute } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { createSignIn } from './create.ts'
import { attemptFirstFactor, prepareFirstFactor } from './first-factor.ts'
import { completeOpenedSignIn } from './opened-link.ts'
import { resetPassword } from './reset-password.ts'
import { findSignIn, toSignInJson } from './sign-in.ts'

/** The endpoints below `/v1/client/sign_ins`. */
export const signInRoutes: readonly FrontendRoute[] = [
  {
    method: 'POST',
    path: '/client/sign_ins',
    reply: 'envelope',
    handle: async (services, visit) => {
      const { signIn, user } = await createSignIn(services, visit)
      return toSignInJson(services.database, visit, signIn, user)
    },
  },
  {
    method: 'GET',
    path: '/client/sign_ins/:id',
    reply: 'envelope',
    handle: async (services, visit) => {
      await completeOpenedSignIn(services, visit, idOf(visit))
      return readSignIn(services, visit, idOf(visit))
    },
  },
  {
    method: 'POST',
    path: '/client/sign_ins/:id/prepare_first_factor',
    reply: 'envelope',
    handle: async (services, visit) => {
      const strategy = visit.body.required('strategy')
      const signIn = await prepareFirstFactor(services, visit, idOf(visit), strategy)
      return toSignInJson(services.database, visit, signIn)
    },
  },
  {
    method: 'POST',
    path: '/client/sign_ins/:id/attempt_first_factor',
    reply: 'envelope',
    handle: async (services, visit) => {
      const strategy = visit.body.required('strategy')
      const { signIn, user } = await attemptFirstFactor(services, visit, idOf(visit), strategy)
      if (strategy === 'password' || visit.body.isBlank('password')) {
        return toSignInJson(services.database, visit, signIn, user)
      }
      // A reset code may come with the new password.
      await resetPassword(services, visit, idOf(visit))
      return readSignIn(services, visit, idOf(visit))
    },
  },
  {
    method: 'POST',
    path: '/client/sign_ins/:id/reset_password',
    reply: 'envelope',
    handle: async (services, visit) => {
      await resetPassword(services, visit, idOf(visit))
      return readSignIn(services, visit, idOf(visit))
    },
  },
]

function idOf(visit: Visit): string {
  return visit.path['id'] ?? ''
}

async function readSignIn(services: Services, visit: Visit, id: string): Promise<SignInJSON> {
  const { database } = services
  const { clientId, instance } = visit
  const client = clientId === null ? null : { id: clientId, instanceId: instance.id }
  const signIn = client === null ? null : await findSignIn(database, client, id, visit.now)
  if (signIn === null) throw new ApiError('resource_not_found')
  return toSignInJson(database, visit, signIn)
}
