/**
 * What every error code means and how to mend it, for `docs/reference/errors.md`. Nothing that ships
 * imports it. A code without a row does not compile; run `pnpm reference` after a change.
 */

import type { ClerkErrorCode } from './errors.ts'

/** What a developer wants to know of a {@link ClerkErrorCode}. */
export interface ErrorText {
  readonly meaning: string
  readonly remedy: string
}

/** Every code of a `ClerkError`. */
export const ERROR_TEXTS: { readonly [C in ClerkErrorCode]: ErrorText } = {
  'options-invalid': {
    meaning:
      'An option is missing, malformed or unknown. The message lists all of them, never their values.',
    remedy:
      'Set each option, or its environment variable, to what the message asks for. See [Options](options.md).',
  },
  'route-pattern-invalid': {
    meaning: 'A pattern of `createRouteMatcher()` cannot be read.',
    remedy: 'Use named parameters (`:name`) and wildcards (`(.*)`).',
  },
  'path-not-canonical': {
    meaning:
      'A path has two readings (`//`, an encoded slash or dot, a backslash), so a matcher and a router could disagree on it.',
    remedy:
      'Nothing: the visitor gets a 400. Links that an app makes are canonical if they are built with `URL`.',
  },
  'envelope-invalid': {
    meaning: 'What the middleware told the server cannot be opened.',
    remedy: 'Give every part of the app the same `CLERK_ENCRYPTION_KEY`, or `CLERK_SECRET_KEY`.',
  },
  'resource-id-invalid': {
    meaning:
      'An id in a call of the Backend API is missing or cannot be one: in a path it would address something else.',
    remedy: 'Pass the id of an existing resource; check what comes from outside first.',
  },
  'webhook-secret-missing': {
    meaning: 'There is no secret to verify webhooks with.',
    remedy: 'Set `CLERK_WEBHOOK_SIGNING_SECRET`, or the option `signingSecret`.',
  },
  'webhook-headers-missing': {
    meaning: 'The request lacks `svix-id`, `svix-timestamp` or `svix-signature`: it is no webhook.',
    remedy: 'Nothing, if anybody could send it. Else let the proxy in front pass the headers on.',
  },
  'webhook-too-large': {
    meaning: 'The body of a webhook is larger than 1 MiB.',
    remedy: 'Nothing: no event of the identity server is.',
  },
  'webhook-invalid': {
    meaning: 'A webhook has a wrong signature, is more than five minutes off, or is no event.',
    remedy:
      'Check the signing secret and the clock, and that the body arrives as it was sent: give `verifyWebhook()` the request before anything parses it.',
  },
}
