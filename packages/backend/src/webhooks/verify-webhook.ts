/** Proves that a webhook was sent by who knows the signing secret, just now, and as it is. */

import { ClerkError } from '../errors.ts'
import { createRuntime } from '../runtime.ts'
import { readBody } from './body.ts'
import { type WebhookEvent, parseEvent } from './event.ts'
import { includesSignature, parseSigningSecret, signWebhook } from './signature.ts'

/** Options of {@link verifyWebhook}. */
export interface VerifyWebhookOptions {
  /**
   * Signing secret of the endpoint, `whsec_…`. During a rotation a list: a signature by any of them
   * is accepted. Default: `CLERK_WEBHOOK_SIGNING_SECRET`.
   */
  readonly signingSecret?: string | readonly string[] | undefined
  /** Returns the time, in Unix milliseconds. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

const HEADER_NAMES = ['svix-id', 'svix-timestamp', 'svix-signature'] as const
const TOLERANCE_SECONDS = 300
const MAX_BODY_BYTES = 1_048_576

// A byte order mark is part of what was signed, and of no JSON.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Verifies a webhook and returns its event.
 *
 * Give it the request as it came: the signature covers the bytes of the body, so a body that
 * somebody has parsed and written again does not verify. Bodies over 1 MiB are refused, and so are
 * times more than 300 seconds from now. The same event can be delivered more than once: to act once,
 * remember its `svix-id` header.
 *
 * @throws {ClerkError} `webhook-secret-missing` (500), `options-invalid` (500) for a malformed
 * secret, `webhook-headers-missing` (400) naming all of them, `webhook-too-large` (413),
 * `webhook-invalid` (400) for a wrong signature, a wrong time, or a body that is no event.
 * @throws {TypeError} if the body was read before.
 * @example
 * export async function POST(request: Request) {
 *   const event = await verifyWebhook(request)
 *   if (event.type === 'user.created') await welcome(event.data.id)
 *   return new Response()
 * }
 */
export async function verifyWebhook(
  request: Request,
  options: VerifyWebhookOptions = {},
): Promise<WebhookEvent> {
  const { env, now } = createRuntime(options.now && { now: options.now })
  const secrets = resolveSecrets(options.signingSecret, env['CLERK_WEBHOOK_SIGNING_SECRET'])
  const { id, time, signatures } = readHeaders(request)
  const timestamp = parseTimestamp(time)
  if (timestamp === null || !isTimely(timestamp, now())) {
    throw invalid('Its time is not within 5 minutes of the clock of this server.')
  }
  const body = await readRawBody(request)
  for (const secret of secrets) {
    const expected = await signWebhook(secret, id, timestamp, body)
    if (includesSignature(signatures, expected)) return toEvent(body)
  }
  throw invalid(
    'No signature in svix-signature matches. Check CLERK_WEBHOOK_SIGNING_SECRET, and that nothing changes the body on its way.',
  )
}

function resolveSecrets(
  given: string | readonly string[] | undefined,
  fromEnv: string | undefined,
): readonly Uint8Array<ArrayBuffer>[] {
  const own = (typeof given === 'string' ? [given] : (given ?? [])).filter((text) => text !== '')
  const texts = own.length === 0 && fromEnv ? [fromEnv] : own
  if (texts.length === 0) {
    throw new ClerkError(
      'webhook-secret-missing',
      'There is no secret to verify webhooks with. Set CLERK_WEBHOOK_SIGNING_SECRET, or the option signingSecret.',
    )
  }
  return texts.map((text) => {
    const secret = typeof text === 'string' ? parseSigningSecret(text) : null
    if (secret !== null) return secret
    throw new ClerkError(
      'options-invalid',
      'signingSecret (CLERK_WEBHOOK_SIGNING_SECRET) is not valid: it must be whsec_ and the base64 of at least 24 bytes.',
    )
  })
}

function readHeaders({ headers }: Request): {
  readonly id: string
  readonly time: string
  readonly signatures: string
} {
  // JavaScript callers pass on whatever their framework gave them.
  if (typeof headers?.get !== 'function') {
    throw new TypeError('verifyWebhook() needs a Request of the Web, with its body as it came.')
  }
  const [id = '', time = '', signatures = ''] = HEADER_NAMES.map((name) =>
    headers.get(name)?.trim(),
  )
  const values = [id, time, signatures]
  const missing = HEADER_NAMES.filter((_, index) => values[index] === '')
  if (missing.length > 0) {
    throw new ClerkError(
      'webhook-headers-missing',
      `The request is not a webhook: it lacks ${missing.join(', ')}.`,
    )
  }
  return { id, time, signatures }
}

/** Parses Unix seconds; a fraction is dropped. */
function parseTimestamp(text: string): number | null {
  const seconds = /^(\d{1,15})(?:\.\d+)?$/.exec(text)?.[1]
  return seconds === undefined ? null : Number(seconds)
}

function isTimely(timestamp: number, now: number): boolean {
  return Math.abs(Math.floor(now / 1000) - timestamp) <= TOLERANCE_SECONDS
}

async function readRawBody(request: Request): Promise<Uint8Array> {
  if (request.bodyUsed) {
    throw new TypeError(
      'The body of the webhook was read before verifyWebhook(). Call verifyWebhook() first, or with request.clone().',
    )
  }
  const body = await readBody(request, MAX_BODY_BYTES)
  if (body === null) {
    throw new ClerkError('webhook-too-large', 'The body of the webhook is larger than 1 MiB.')
  }
  return body
}

function toEvent(body: Uint8Array): WebhookEvent {
  let text = ''
  try {
    text = decoder.decode(body)
  } catch {
    // Not UTF-8, so not JSON either.
  }
  const event = parseEvent(text)
  if (event === null) throw invalid('Its body is not an event in JSON.')
  return event
}

function invalid(reason: string): ClerkError {
  return new ClerkError('webhook-invalid', `The webhook is not accepted. ${reason}`)
}
