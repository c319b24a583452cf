/** From a `Request` to the state it is in: facts, decision, effect. */

import type { SessionClaims } from '@core/protocol'
import { type TokenReason, tokenMessage } from '../errors.ts'
import { type Setup, loadCookieNames } from '../instance.ts'
import { holdAgainst, verifySessionToken } from '../session/verify-token.ts'
import { type SessionFact, decide, wantsHandshake } from './decide.ts'
import { RequestFacts } from './facts.ts'
import {
  type HandshakeAnswer,
  cleanUrl,
  countHandshake,
  resolveHandshake,
  startOfHandshake,
} from './handshake.ts'
import { type RequestReason, type StateReason, refreshReason } from './reasons.ts'
import { type Refreshed, refreshSession } from './refresh.ts'
import { type RequestState, type StateHeaders, handshake, signedIn, signedOut } from './state.ts'

/** A request, what it said, and the state it is in. */
export interface Authentication {
  readonly facts: RequestFacts
  readonly state: RequestState
}

/** What a fault of a token means for the decision. One that is not listed refuses the token. */
const FAULTS: { readonly [K in TokenReason]?: SessionFact } = {
  'token-not-active-yet': 'early',
  'token-iat-in-the-future': 'future',
}

/**
 * Finds out who is asking: facts, decision, effect. Whatever the request holds, the answer is a
 * state. The options must be complete.
 */
export async function authenticate(
  request: Request,
  setup: Setup,
  now: number,
): Promise<Authentication> {
  const { options, instance } = setup
  const { publishableKey } = options
  if (publishableKey === null) throw new TypeError('Set the option publishableKey.')
  const names = instance.cookieNames ?? (await loadCookieNames(instance, publishableKey))
  const facts = new RequestFacts(request, setup, publishableKey, names, now)
  const { site } = facts
  let verified: { readonly token: string; readonly claims: SessionClaims } | null = null
  let answer: HandshakeAnswer | null = null
  let refreshed: Refreshed | null = null

  for (;;) {
    const decision = decide(facts)
    switch (decision.verdict) {
      case 'resolve': {
        answer = await resolveHandshake(facts, setup, names, now)
        facts.handshake = answer.outcome
        if (answer.outcome === 'unknown') facts.refusal = answer.reason
        if (answer.outcome === 'refused') facts.handshakeRefusal = answer.reason
        break
      }
      case 'verify': {
        const { verifier } = instance
        const { text = '', proved, parsed } = facts.token ?? {}
        // Waiting for what is there already would cost a turn of the queue.
        const result = proved
          ? holdAgainst(proved, site.rules, now)
          : await verifySessionToken(text, verifier, site.rules, now, parsed)
        if ('claims' in result) {
          verified = { token: text, claims: result.claims }
          facts.admit(result.claims)
        } else {
          facts.refusal = result.reason
          facts.session =
            result.reason === 'token-expired' ? facts.expired : (FAULTS[result.reason] ?? 'refused')
        }
        break
      }
      case 'refresh': {
        const result = await refreshSession(facts, setup, names, now)
        if ('failure' in result) {
          facts.refreshFailure = result.failure
          facts.session = 'refresh_failed'
        } else {
          refreshed = result
          facts.session = 'refreshed'
        }
        break
      }
      case 'sign_in': {
        if (answer?.outcome === 'signed_in') {
          const headers = headersOf(answer, facts)
          return { facts, state: signedIn(setup, site, answer.token, answer.claims, headers) }
        }
        if (refreshed) {
          const { token, claims, cookies } = refreshed
          return { facts, state: signedIn(setup, site, token, claims, { cookies }) }
        }
        // Whatever the table says, nobody is signed in without a proof.
        if (verified === null) return { facts, state: signOut(facts, setup, 'unexpected-error') }
        return { facts, state: signedIn(setup, site, verified.token, verified.claims) }
      }
      case 'sign_out': {
        const headers = answer && 'cookies' in answer ? headersOf(answer, facts) : undefined
        return { facts, state: signOut(facts, setup, decision.reason, headers) }
      }
      case 'handshake':
        return { facts, state: startHandshake(facts, setup, decision.reason) }
    }
  }
}

function signOut(
  facts: RequestFacts,
  setup: Setup,
  reason: RequestReason | null,
  headers?: StateHeaders,
): RequestState {
  const cause: StateReason = reason ?? failureOf(facts) ?? facts.refusal ?? 'unexpected-error'
  return signedOut(setup, facts.site, cause, messageOf(facts, cause), headers)
}

function startHandshake(
  facts: RequestFacts,
  setup: Setup,
  reason: RequestReason | null,
): RequestState {
  const cause = reason ?? failureOf(facts) ?? 'unexpected-error'
  return handshake(setup, facts.site, cause, messageOf(facts, cause), {
    location: startOfHandshake(facts, setup, cause),
    cookies: [countHandshake(facts.handshakeCount)],
  })
}

function failureOf({ refreshFailure }: RequestFacts): RequestReason | null {
  return refreshFailure && refreshReason(refreshFailure)
}

/** Hints for the developer: without them, keys that do not fit look like a loop without a cause. */
function messageOf(facts: RequestFacts, reason: StateReason): string {
  if (facts.refusal !== null) return tokenMessage(facts.refusal, facts.carrier)
  if (facts.handshakeRefusal !== null) {
    return `The answer to a handshake was refused. ${tokenMessage(facts.handshakeRefusal)}`
  }
  return facts.isLooping && wantsHandshake(reason)
    ? 'Three redirects to the identity server did not help. Check that publishable key, secret key and JWT key are of one instance, and that the clock is right.'
    : ''
}

/** In development the answer came in the URL, from which it must vanish. */
function headersOf(
  answer: { readonly cookies: readonly string[] },
  facts: RequestFacts,
): StateHeaders {
  return {
    cookies: answer.cookies,
    location: facts.instance === 'development' ? cleanUrl(facts.publicUrl).href : undefined,
  }
}
