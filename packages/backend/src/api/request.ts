import { API_VERSION, HEADERS } from '@core/protocol'
import { ClerkError } from '../errors.ts'
import { fromFailure, fromResponse } from './errors.ts'

/** One request to the Backend API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Segments of the path. Each is one segment whatever it holds. */
  readonly path: readonly string[]
  /** Parameters of the query, in camel case. */
  readonly query?: object | undefined
  /** Members of the body, in camel case. Members of members keep their names. */
  readonly body?: object | undefined
  /** File to upload, instead of a body. */
  readonly file?: Blob | undefined
}

/**
 * Sends requests to the Backend API of one instance and returns the parsed body.
 *
 * @throws {ClerkAPIResponseError}
 */
export type ApiCaller = (request: ApiRequest) => Promise<unknown>

/** Where the Backend API is and who asks. */
export interface ApiCallerOptions {
  /** Address with its version, without a trailing slash. May throw if it is not configured. */
  readonly baseUrl: () => string
  readonly secretKey: string
  readonly userAgent: string
  readonly fetch: typeof fetch
}

/** Creates the function that all calls of a client go through. */
export function createApiCaller(options: ApiCallerOptions): ApiCaller {
  return async (request) => {
    const url = `${options.baseUrl()}/${request.path.map(toSegment).join('/')}${toQuery(request.query)}`
    const response = await send(url, request, options)
    const body = await readBody(response)
    if (!response.ok) throw fromResponse(response, body)
    return body
  }
}

async function send(
  url: string,
  { method, body, file }: ApiRequest,
  options: ApiCallerOptions,
): Promise<Response> {
  const headers = new Headers({
    [HEADERS.authorization]: `Bearer ${options.secretKey}`,
    [HEADERS.apiVersion]: API_VERSION,
    'user-agent': options.userAgent,
  })
  // fetch() writes the media type of a form itself, with its boundary.
  if (file === undefined) headers.set('content-type', 'application/json')
  const members = body && toSnakeCase(body)
  const hasMembers = members !== undefined && Object.keys(members).length > 0
  try {
    return await options.fetch(url, {
      method,
      headers,
      // A redirect would carry the secret key to wherever it points.
      redirect: 'error',
      ...(file !== undefined && { body: toForm(file) }),
      ...(hasMembers && { body: JSON.stringify(members) }),
    })
  } catch (error) {
    throw fromFailure(error)
  }
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text().catch((error: unknown) => {
    throw fromFailure(error)
  })
  const isJson = /^application\/json\b/i.test(response.headers.get('content-type') ?? '')
  if (!isJson || text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (!response.ok) return undefined
    throw fromFailure(error)
  }
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

function toQuery(query: object = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (item) parameters.append(toSnake(name), String(item))
    }
  }
  const text = parameters.toString()
  return text && `?${text}`
}

function toForm(file: Blob): FormData {
  const form = new FormData()
  form.set('file', file)
  return form
}

function toSnakeCase(body: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [toSnake(name), value]))
}

/** `primaryEmailAddressID` → `primary_email_address_id`, `web3Wallet` → `web3_wallet`. */
function toSnake(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]+/g, (capitals) => `_${capitals.toLowerCase()}`)
}
