/** From a `Request` to the state it is in: facts, decision, effect. */

import type { SessionClaims } from '@core/protocol'
import { type TokenReason, tokenMessage } from '../errors.ts'
import { type Setup, loadCookieNames } from '../instance.ts'
import { holdAgainst, verifySessionToken } from '../session/verify-token.ts'
import { type Facts, type RequestReason, type StateReason, decide } from './decide.ts'
import { RequestFacts } from './facts.ts'
import {
  type HandshakeAnswer,
  cleanUrl,
  countHandshake,
  handshakeUrl,
  resolveHandshake,
} from './handshake.ts'
import { type RequestState, type StateHeaders, handshake, signedIn, signedOut } from './state.ts'

/** A request, what it said, and the state it is in. */
export interface Authentication {
  readonly facts: RequestFacts
  readonly state: RequestState
}

/** What a fault of a token means for the decision. One that is not listed refuses the token. */
const FAULTS: { readonly [K in TokenReason]?: Facts['session'] } = {
  'token-expired': 'expired',
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
  const facts = new RequestFacts(request, publishableKey, instance, names, now)
  let claims: SessionClaims | null = null
  let answer: HandshakeAnswer | null = null

  for (;;) {
    const decision = decide(facts)
    switch (decision.verdict) {
      case 'resolve': {
        const token = facts.handshakeToken ?? ''
        answer = await resolveHandshake(token, setup, names, facts.publicUrl.hostname, now)
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
          ? holdAgainst(proved, options, now)
          : await verifySessionToken(text, verifier, options, now, parsed)
        if ('claims' in result) {
          claims = result.claims
          facts.session = 'valid'
        } else {
          facts.refusal = result.reason
          facts.session = FAULTS[result.reason] ?? 'refused'
        }
        break
      }
      case 'sign_in': {
        if (answer?.outcome === 'signed_in') {
          const headers = headersOf(answer, facts)
          return { facts, state: signedIn(setup, answer.token, answer.claims, headers) }
        }
        if (claims === null) return { facts, state: signOut(facts, setup, 'unexpected-error') }
        return { facts, state: signedIn(setup, facts.sessionToken ?? '', claims) }
      }
      case 'sign_out': {
        const headers = answer?.outcome === 'signed_out' ? headersOf(answer, facts) : undefined
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
  const cause: StateReason = reason ?? facts.refusal ?? 'unexpected-error'
  return signedOut(setup, cause, messageOf(facts), headers)
}

function startHandshake(facts: RequestFacts, setup: Setup, reason: RequestReason): RequestState {
  const { publishableKey } = setup.options
  if (publishableKey === null) return signOut(facts, setup, 'unexpected-error')
  return handshake(setup, reason, messageOf(facts), {
    location: handshakeUrl(facts, publishableKey, reason),
    cookies: [countHandshake(facts.handshakeCount)],
  })
}

function messageOf(facts: RequestFacts): string {
  if (facts.refusal !== null) return tokenMessage(facts.refusal, facts.carrier)
  // Without this hint, keys that do not fit together look like a loop without a cause.
  return facts.handshakeRefusal === null
    ? ''
    : `The answer to a handshake was refused. ${tokenMessage(facts.handshakeRefusal)}`
}

/** In development the answer came in the URL, from which it must vanish. */
function headersOf(
  answer: { readonly directives: readonly string[] },
  facts: RequestFacts,
): StateHeaders {
  return {
    cookies: answer.directives,
    location: facts.instance === 'development' ? cleanUrl(facts.publicUrl).href : undefined,
  }
}
