/** Tokens that stand for something else than a session: a sign-in, another user, a test. */

import type { ActorClaim } from '@core/protocol'
import type { Endpoints } from './endpoints.ts'
import type { Raw, Resource } from './resources.ts'

/** A ticket that signs a user in without a password. */
export type SignInToken = Resource<SignInTokenJSON> & Raw<SignInTokenJSON>
/** A ticket with which one user can act as another. */
export type ActorToken = Resource<ActorTokenJSON> & Raw<ActorTokenJSON>

/** A token that lets tests pass the checks for robots. Handed on as the API spells it. */
export interface TestingToken {
  /** Kind of resource. */
  readonly object: 'testing_token'
  /** What requests to the Frontend API carry as `__clerk_testing_token`. */
  readonly token: string
  /** Unix seconds. */
  readonly expires_at: number
}

interface SignInTokenJSON {
  readonly object: 'sign_in_token'
  readonly id: string
  readonly user_id: string
  /** Ticket for one sign-in. */
  readonly token: string
  readonly status: 'pending' | 'accepted' | 'revoked'
  readonly url: string | null
  readonly created_at: number
  readonly updated_at: number
}

interface ActorTokenJSON {
  readonly object: 'actor_token'
  readonly id: string
  readonly status: 'pending' | 'accepted' | 'revoked'
  readonly user_id: string
  readonly actor: ActorClaim
  /** Ticket for one sign-in. */
  readonly token?: string | null
  readonly url?: string | null
  readonly created_at: number
  readonly updated_at: number
}

/** Tickets that sign a user in without a password. */
export interface SignInTokensApi {
  /** Creates a ticket. Whoever follows its `url` is signed in, once. */
  createSignInToken(params: {
    readonly userId: string
    /** Default: 30 days. */
    readonly expiresInSeconds?: number
    /** Id of the organization the session starts in. */
    readonly orgId?: string
  }): Promise<SignInToken>
  /** Makes a ticket that was not used yet useless. */
  revokeSignInToken(signInTokenId: string): Promise<SignInToken>
}

/** Tickets that let one user act as another. */
export interface ActorTokensApi {
  /** Creates a ticket. Whoever follows its `url` acts as the user. */
  create(params: {
    /** Id of the user to act as. */
    readonly userId: string
    /** Who acts. Becomes the claim `act` of the session's tokens. */
    readonly actor: ActorClaim
    /** Default: an hour. */
    readonly expiresInSeconds?: number
    /** Default: half an hour. */
    readonly sessionMaxDurationInSeconds?: number
  }): Promise<ActorToken>
  /** Makes a ticket that was not used yet useless. */
  revoke(actorTokenId: string): Promise<ActorToken>
}

/** Tickets for tests. */
export interface TestingTokensApi {
  /** Creates a token with which tests pass the checks for robots. */
  createTestingToken(): Promise<TestingToken>
}

/** How each method of {@link SignInTokensApi} is carried out. */
// oxfmt-ignore
export const SIGN_IN_TOKENS: Endpoints<SignInTokensApi> = {
  createSignInToken: { request: (body) => ({ method: 'POST', path: ['sign_in_tokens'], body }) },
  revokeSignInToken: { request: (id) => ({ method: 'POST', path: ['sign_in_tokens', id, 'revoke'] }) },
}

/** How each method of {@link ActorTokensApi} is carried out. */
// oxfmt-ignore
export const ACTOR_TOKENS: Endpoints<ActorTokensApi> = {
  create: { request: (body) => ({ method: 'POST', path: ['actor_tokens'], body }) },
  revoke: { request: (id) => ({ method: 'POST', path: ['actor_tokens', id, 'revoke'] }) },
}

/** How each method of {@link TestingTokensApi} is carried out. */
// oxfmt-ignore
export const TESTING_TOKENS: Endpoints<TestingTokensApi> = {
  createTestingToken: { request: () => ({ method: 'POST', path: ['testing_tokens'] }) },
}
