import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Outcome } from '@core/backend/internal'
import { NodeRequestError } from './error.ts'
import { toWebRequest } from './request.ts'
import { appendHeaders, writeResponse } from './response.ts'

/** What an authenticated message goes on with. */
export type Authenticated = Extract<Outcome, { readonly type: 'continue' }>

/** The part of an authenticator that decides about one request. */
export interface MessageAuthenticator {
  handle(request: Request): Promise<Outcome>
}

/**
 * Runs a message through an authenticator: the half that all Node adapters share. Adds the headers of
 * the outcome to the response, or writes the whole response where the request may not go on.
 *
 * @returns What the adapter attaches to its request, or `null` when the request has been answered.
 */
export async function authenticateMessage(
  authenticator: MessageAuthenticator,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<Authenticated | null> {
  const outcome = await handle(authenticator, message)
  if (outcome.type === 'respond') {
    await writeResponse(response, outcome.response)
    return null
  }
  appendHeaders(response, outcome.headers)
  return outcome
}

async function handle(
  authenticator: MessageAuthenticator,
  message: IncomingMessage,
): Promise<Outcome> {
  let request: Request
  try {
    request = toWebRequest(message)
  } catch (error) {
    if (!(error instanceof NodeRequestError)) throw error
    return { type: 'respond', response: error.toResponse() }
  }
  return authenticator.handle(request)
}
