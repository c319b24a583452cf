import { API_VERSION, HEADERS } from '@core/protocol'
import { ClerkError } from '../errors.ts'
import { fromFailure, fromResponse } from './errors.ts'
import { type Wait, failureDelay, responseDelay, waitFor } from './retry.ts'

/** One request to the Backend API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Segments of the path. Each is one segment whatever it holds. */
  readonly path: readonly string[]
  /** Parameters of the query, in camel case. */
  readonly query?: object | undefined
  /** Members of the body, or a list of such, in camel case. Members of members keep their names. */
  readonly body?: object | undefined
  /** File to upload. The body is then sent as fields of the same form. */
  readonly file?: Blob | undefined
}

/** Options of one call, always the last argument. */
export interface CallOptions {
  /** Ends the call, its repetitions included; it then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Sends requests to the Backend API of one instance and returns the parsed body.
 *
 * A `GET` that got no answer, or one that says when to come back, is repeated: see `retry.ts`.
 *
 * @throws {ClerkAPIResponseError}
 */
export type ApiCaller = (request: ApiRequest, options?: CallOptions) => Promise<unknown>

/** Where the Backend API is and who asks. */
export interface ApiCallerOptions {
  /** Address with its version, without a trailing slash. May throw if it is not configured. */
  readonly baseUrl: () => string
  readonly secretKey: string
  readonly userAgent: string
  readonly fetch: typeof fetch
  /** Passes the time between two attempts. Default: a timer. */
  readonly wait?: Wait
}

/** Creates the function that all calls of a client go through. */
export function createApiCaller(options: ApiCallerOptions): ApiCaller {
  const wait = options.wait ?? waitFor
  return async (request, call) => {
    const signal = call?.signal
    const path = request.path.map(toSegment).join('/')
    const url = `${options.baseUrl()}/${path}${toQuery(request.query)}`
    const init = toInit(request, options)
    const canRepeat = request.method === 'GET'
    for (let attempt = 0; ; attempt += 1) {
      signal?.throwIfAborted()
      const answer = await exchange(options.fetch, url, signal ? { ...init, signal } : init)
      signal?.throwIfAborted()
      const isAnswer = 'response' in answer
      const delay = isAnswer ? responseDelay(answer.response, attempt) : failureDelay(attempt)
      if (!canRepeat || delay === null) {
        if (!isAnswer) throw fromFailure(answer.cause)
        return parse(answer.response, answer.text)
      }
      await wait(delay, signal)
    }
  }
}

type Answer = { readonly response: Response; readonly text: string } | { readonly cause: unknown }

async function exchange(send: typeof fetch, url: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await send(url, init)
    return { response, text: await response.text() }
  } catch (cause) {
    return { cause }
  }
}

function toInit({ method, body, file }: ApiRequest, options: ApiCallerOptions): RequestInit {
  const headers = new Headers({
    [HEADERS.authorization]: `Bearer ${options.secretKey}`,
    [HEADERS.apiVersion]: API_VERSION,
    'user-agent': options.userAgent,
  })
  // fetch() writes the media type of a form itself, with its boundary.
  if (file === undefined) headers.set('content-type', 'application/json')
  const content = file === undefined ? toJson(body) : toForm(file, body)
  return {
    method,
    headers,
    // Followed, a redirect would carry the secret key to wherever it points. Left alone, it is an
    // answer like any other that is not good; Workers know no way to make it an error.
    redirect: 'manual',
    ...(content !== undefined && { body: content }),
  }
}

function parse(response: Response, text: string): unknown {
  const type = response.headers.get('content-type') ?? ''
  let body: unknown
  try {
    if (text !== '' && !/^application\/json\b/i.test(type)) {
      // A page of some proxy on the way: nothing that the API has done.
      throw new TypeError('The answer is not JSON.')
    }
    body = text === '' ? undefined : (JSON.parse(text) as unknown)
  } catch (error) {
    if (response.ok) throw fromFailure(error)
  }
  if (!response.ok) throw fromResponse(response, body)
  return body
}

// Letters, digits and marks that have no meaning in a path. A percent sign is not among them, so that
// nothing encoded can turn into a slash or a dot further down the line.
const SEGMENT = /^[\p{L}\p{N}_.~:@ -]+$/u

/**
 * Writes a path segment. An id that is empty, `.` or `..` would address another resource, or all.
 *
 * @throws {ClerkError} `resource-id-invalid`
 */
function toSegment(value: unknown): string {
  if (typeof value !== 'string' || !SEGMENT.test(value) || /^[. ]+$/.test(value)) {
    throw new ClerkError(
      'resource-id-invalid',
      'An id of the request is missing or cannot be one. Pass the id of an existing resource.',
    )
  }
  return encodeURIComponent(value)
}

/** Writes what the caller gave: `0`, `false` and `''` too. Only what is `undefined` or `null` is left out. */
function toQuery(query: object = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (item !== undefined && item !== null) parameters.append(toSnake(name), String(item))
    }
  }
  const text = parameters.toString()
  return text && `?${text}`
}

function toJson(body: object | undefined): string | undefined {
  if (Array.isArray(body)) return JSON.stringify(body.map(toSnakeCase))
  const hasMembers = body !== undefined && Object.keys(body).length > 0
  return hasMembers ? JSON.stringify(toSnakeCase(body)) : undefined
}

function toForm(file: Blob, body: object = {}): FormData {
  const form = new FormData()
  form.set('file', file)
  for (const [name, value] of Object.entries(toSnakeCase(body))) {
    if (value !== undefined && value !== null) form.set(name, String(value))
  }
  return form
}

function toSnakeCase(body: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [toSnake(name), value]))
}

/** `primaryEmailAddressID` → `primary_email_address_id`, `web3Wallet` → `web3_wallet`. */
function toSnake(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]+/g, (capitals) => `_${capitals.toLowerCase()}`)
}
