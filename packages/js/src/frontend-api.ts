/** HTTP to the identity server: how requests are written and answers taken apart. */

import {
  API_VERSION,
  DEV_BROWSER_HEADER,
  errorsOf,
  QUERY,
  type ApiErrorBody,
  type ClientJSON,
} from '@core/protocol'
import type { DevBrowser } from './dev-browser.ts'
import { ClerkAPIResponseError, ClerkRuntimeError } from './errors.ts'
import { encodeForm } from './form.ts'
import type { Platform } from './platform.ts'
import { VERSION } from './version.ts'

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: object
  readonly search?: Readonly<Record<string, string | readonly string[]>>
  /** Also takes the client out of the answer to a GET. Other methods always do. */
  readonly appliesClient?: boolean
  /** What a 401 means is the caller's business. */
  readonly handlesUnauthenticated?: boolean
}

export interface FrontendApiContext {
  readonly platform: Platform
  /** `https://clerk.example.com` */
  readonly origin: string
  /** Development instances only. */
  readonly devBrowser: DevBrowser | undefined
  /** Session that acts. */
  readonly activeSessionId: () => string | undefined
  /** The state of this browser after a request. */
  readonly onClient: (client: ClientJSON) => void
  /** A request was refused because nobody is signed in as far as the server knows. */
  readonly onUnauthenticated: () => Promise<void>
}

/** Pauses before each further try of a GET that did not get through. */
const RETRY_DELAYS_MS = [0, 700, 1400]

export class FrontendApi {
  readonly #context: FrontendApiContext
  #started = 0
  #lastApplied = 0
  /** How many changes were applied; tells whether an answer was overtaken. */
  changes = 0

  constructor(context: FrontendApiContext) {
    this.#context = context
  }

  /**
   * Sends a request and returns the resource of the answer. The client that comes along, even with
   * an error, is applied first.
   *
   * @throws {ClerkAPIResponseError} for an answer outside 2xx
   * @throws {ClerkRuntimeError} `network_error` when there is no answer
   */
  async request<T>(path: string, options: RequestOptions = {}): Promise<T> {
    const isGet = (options.method ?? 'GET') === 'GET'
    const order = ++this.#started
    const { devBrowser } = this.#context
    const used = devBrowser && (await devBrowser.token())
    let response = await this.#send(path, options)
    let body = await readJson(response)

    if (response.status === 401 && hasCode(body, 'dev_browser_unauthenticated')) {
      // Another request may have got a new one already.
      if (devBrowser?.current === used) await devBrowser?.renew()
      response = await this.#send(path, options)
      body = await readJson(response)
    }

    // A GET that was overtaken by a change describes the past.
    if (isGet ? options.appliesClient && order > this.#lastApplied : true) {
      const client = clientOf(body)
      if (client) {
        if (!isGet) {
          this.#lastApplied = this.#started
          this.changes++
        }
        this.#context.onClient(client)
      }
    }

    if (response.ok) return unwrap(body) as T
    if (response.status === 401 && !options.handlesUnauthenticated) {
      await this.#context.onUnauthenticated()
    }
    throw toError(response, body)
  }

  async #send(path: string, options: RequestOptions): Promise<Response> {
    const { platform, devBrowser } = this.#context
    const method = options.method ?? 'GET'
    const isGet = method === 'GET'
    const url = await this.#url(path, method, options.search)
    // Only GET and POST with a form travel, so that browsers never ask for permission first.
    const init: RequestInit = { method: isGet ? 'GET' : 'POST', credentials: 'include' }
    if (!isGet) {
      const { body = {} } = options
      init.body = body instanceof FormData ? body : encodeForm(body)
    }

    const delays = isGet ? [...RETRY_DELAYS_MS] : []
    for (;;) {
      try {
        const response = await platform.fetch(url, init)
        devBrowser?.replace(response.headers.get(DEV_BROWSER_HEADER))
        return response
      } catch (cause) {
        const delay = delays.shift()
        if (delay === undefined) throw new ClerkRuntimeError('network_error', { cause })
        await new Promise<void>((resolve) => platform.setTimeout(resolve, delay))
      }
    }
  }

  async #url(path: string, method: string, search: RequestOptions['search']): Promise<string> {
    const { origin, devBrowser, activeSessionId } = this.#context
    const url = new URL(`/v1${path}`, origin)
    url.searchParams.set(QUERY.apiVersion, API_VERSION)
    url.searchParams.set(QUERY.clientVersion, VERSION)
    if (method !== 'GET' && method !== 'POST') url.searchParams.set(QUERY.method, method)
    const sessionId = path.startsWith('/client') ? undefined : activeSessionId()
    if (sessionId !== undefined) url.searchParams.set(QUERY.sessionId, sessionId)
    if (devBrowser) url.searchParams.set(QUERY.devBrowser, await devBrowser.token())
    for (const [name, value] of encodeForm(search ?? {})) url.searchParams.append(name, value)
    return url.href
  }
}

/** Path of a session, or of what can be done with it. */
export function sessionPath(id: string, action: string): string {
  return `/client/sessions/${encodeURIComponent(id)}/${action}`
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return null
  }
}

function unwrap(body: unknown): unknown {
  return isObject(body) && 'response' in body ? body['response'] : body
}

function clientOf(body: unknown): ClientJSON | undefined {
  if (!isObject(body)) return undefined
  const meta = (body as Partial<ApiErrorBody>).meta
  return [body['client'], meta?.client, body['response']].find(isClient)
}

function isClient(value: unknown): value is ClientJSON {
  return isObject(value) && value['object'] === 'client'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function hasCode(body: unknown, code: string): boolean {
  return errorsOf(body).some((error) => error.code === code)
}

function toError(response: Response, body: unknown): ClerkAPIResponseError {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new ClerkAPIResponseError(
    response.status,
    errorsOf(body),
    Number.isFinite(retryAfter) ? retryAfter : undefined,
  )
}
