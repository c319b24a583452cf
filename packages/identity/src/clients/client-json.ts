import type { ClientJSON } from '@core/protocol'

import type { Visit } from '../http/visit.ts'
import { readMembershipsOf } from '../organizations/membership.ts'
import type { Services } from '../services.ts'
import { signSessionToken, toClientSessionJson } from '../sessions/session.ts'
import { findSignIn, toSignInJson } from '../sign-ins/sign-in.ts'
import { findSignUp, toSignUpJson } from '../sign-ups/sign-up.ts'
import { findClientWithPeople } from './people.ts'

/** Writes a client with fresh tokens for every session that is signed in. */
export async function readClientJson(services: Services, visit: Visit): Promise<ClientJSON | null> {
  const { instance, now } = visit
  const db = services.database
  const { client, people } = await findClientWithPeople(db, visit)
  if (client === null) return null
  const members = people.filter(({ isMember }) => isMember).map(({ user }) => user)
  const membershipsOf = await readMembershipsOf(db, instance, members, now)
  const signIn = await findSignIn(db, client, client.signInId, now)
  const signUp = await findSignUp(db, client, client.signUpId, now)
  const sessions = await Promise.all(
    people.map(async ({ session, user }) => {
      const token = await signSessionToken(services, instance, session, {
        origin: visit.origin,
        clientUpdatedAt: client.updatedAt,
      })
      return toClientSessionJson(session, user, membershipsOf(user), instance, token, now)
    }),
  )
  const lastActive = sessions.find(({ id }) => id === client.lastActiveSessionId) ?? sessions[0]
  return {
    object: 'client',
    id: client.id,
    sessions,
    sign_in: signIn === null ? null : await toSignInJson(db, visit, signIn),
    sign_up: signUp === null ? null : await toSignUpJson(db, visit, signUp),
    last_active_session_id: lastActive?.id ?? null,
    last_authentication_strategy: client.lastAuthenticationStrategy,
    cookie_expires_at: null,
    captcha_bypass: visit.isTest,
    created_at: client.createdAt,
    updated_at: client.updatedAt,
  }
}
