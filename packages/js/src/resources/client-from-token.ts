import type { ClientJSON, SessionClaims, UserJSON } from '@core/protocol'
import { organizationOf } from '../session-claims.ts'

/**
 * Rebuilds as much of a client as a session token tells: who is signed in, and with which session.
 * Names, addresses and pictures are unknown until the server answers.
 */
export function clientFromToken(jwt: string, claims: SessionClaims): ClientJSON {
  return {
    object: 'client',
    id: '',
    sessions: [
      {
        object: 'session',
        id: claims.sid,
        status: claims.sts ?? 'active',
        expire_at: claims.exp * 1000,
        abandon_at: claims.exp * 1000,
        last_active_at: claims.iat * 1000,
        last_active_organization_id: organizationOf(claims).orgId,
        last_active_token: { object: 'token', jwt },
        actor: claims.act ?? null,
        tasks: null,
        factor_verification_age: claims.fva ?? null,
        user: userOf(claims.sub),
        public_user_data: {
          user_id: claims.sub,
          first_name: null,
          last_name: null,
          image_url: '',
          has_image: false,
          identifier: '',
          username: null,
        },
        created_at: 0,
        updated_at: 0,
      },
    ],
    sign_in: null,
    sign_up: null,
    last_active_session_id: claims.sid,
    last_authentication_strategy: null,
    cookie_expires_at: null,
    captcha_bypass: false,
    created_at: 0,
    updated_at: 0,
  }
}

function userOf(id: string): UserJSON {
  const unknown: Partial<UserJSON> = {
    object: 'user',
    id,
    external_id: null,
    username: null,
    first_name: null,
    last_name: null,
    image_url: '',
    has_image: false,
    primary_email_address_id: null,
    primary_phone_number_id: null,
    primary_web3_wallet_id: null,
    create_organizations_limit: null,
  }
  return unknown as UserJSON
}
