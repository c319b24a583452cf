import type {
  ClientJSON,
  ClientSessionJSON,
  PublicUserDataJSON,
  SessionClaims,
  UserJSON,
} from '@core/protocol'
import { organizationOf } from '../session-claims.ts'

/**
 * Rebuilds as much of a client as a session token tells: who is signed in, and with which session.
 * Names, addresses and pictures are unknown until the server answers.
 */
export function clientFromToken(jwt: string, claims: SessionClaims): ClientJSON {
  const user: Partial<UserJSON> = { id: claims.sub, first_name: null, last_name: null }
  const publicUserData: Partial<PublicUserDataJSON> = { user_id: claims.sub }
  const session: Partial<ClientSessionJSON> = {
    id: claims.sid,
    status: claims.sts ?? 'active',
    expire_at: claims.exp * 1000,
    tasks: null,
    last_active_organization_id: organizationOf(claims).orgId,
    last_active_token: { object: 'token', jwt },
    actor: claims.act ?? null,
    factor_verification_age: claims.fva ?? null,
    user: user as UserJSON,
    public_user_data: publicUserData as PublicUserDataJSON,
  }
  const client: Partial<ClientJSON> = {
    sessions: [session as ClientSessionJSON],
    last_active_session_id: claims.sid,
  }
  return client as ClientJSON
}
