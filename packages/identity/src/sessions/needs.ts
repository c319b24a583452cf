/**
 * What some endpoints ask of whoever is signed in. An endpoint says so in its row, and all are checked in
 * one place, so that none can forget it.
 */

import type { Queryable } from '../database/database.ts'
import { ApiError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { findActingSession } from './acting.ts'

/** What an endpoint needs. */
export interface Need {
  /**
   * `self`: the user themselves, not somebody who acts in their name. `reverification`: the user themselves,
   * who has lately proven it, on instances that demand it.
   */
  readonly proof: 'self' | 'reverification'
  /** Parameters that need it. Left out: the endpoint does, whatever is sent. */
  readonly params?: readonly string[]
}

/**
 * Refuses a request whose session does not have what its endpoint needs.
 *
 * @throws {ApiError} `authentication_invalid`, `authorization_invalid`, `session_reverification_required`
 */
export async function refuseUnmet(db: Queryable, visit: Visit, need: Need): Promise<void> {
  const { instance, body, now } = visit
  if (need.params !== undefined && !need.params.some((name) => body.has(name))) return
  const session = await findActingSession(db, visit)
  // Support staff who act as a user would otherwise keep the account.
  if (session.actor !== null) {
    throw new ApiError('authorization_invalid', {
      detail: "Whoever acts in somebody's name cannot change how they sign in.",
    })
  }
  const { reverification, reverification_after: minutes } = instance.settings
  const isFresh = now - session.firstFactorAt < minutes * 60_000
  if (need.proof === 'reverification' && reverification && !isFresh) {
    throw new ApiError('session_reverification_required')
  }
}
