import type { IncomingMessage } from 'node:http'
import { NodeRequestError } from './error.ts'

/** A message as frameworks hand it on: mounted routers shorten `url` and keep the whole in `originalUrl`. */
export type FrameworkMessage = IncomingMessage & { readonly originalUrl?: string }

// What may follow `http://` and still be nothing but a host: no credentials, no path, no escapes.
const HOST = /^(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

// Segments that the URL parser resolves or rewrites, while a router compares them as they are.
const REWRITTEN_BY_URL_PARSER = /\\|\/(?:\.|%2e){1,2}(?:\/|$)/i

// The Fetch standard has no request of these methods.
const UNREPRESENTABLE_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

/**
 * Converts a `node:http` message to a Web `Request` without its body, which stays unread.
 *
 * Headers are taken as the framework sees them (`message.headers`), so that what earlier middleware
 * removed stays removed. The URL has the message's own scheme and `Host`; what proxies say about the
 * public URL is left in the headers.
 *
 * @throws {NodeRequestError} for what no `Request` can stand for: targets that are not a plain path
 *   (`//host`, absolute, `*`), paths that the URL parser would rewrite, a bad or repeated `Host`,
 *   TRACE. Its `status` is 400.
 */
export function toWebRequest(message: FrameworkMessage): Request {
  const method = message.method ?? 'GET'
  if (UNREPRESENTABLE_METHODS.has(method)) throw new NodeRequestError('method-not-representable')

  const url = urlOf(message)
  try {
    return new Request(url, { method, headers: headersOf(message) })
  } catch (cause) {
    throw new NodeRequestError('request-not-representable', { cause })
  }
}

function urlOf(message: FrameworkMessage): string {
  const target = message.originalUrl ?? message.url ?? '/'
  const path = target.split(/[?#]/, 1)[0] ?? ''
  if (!path.startsWith('/') || path.startsWith('//') || REWRITTEN_BY_URL_PARSER.test(path)) {
    throw new NodeRequestError('target-not-representable')
  }

  const scheme = 'encrypted' in message.socket && message.socket.encrypted ? 'https' : 'http'
  const url = `${scheme}://${hostOf(message)}${target}`
  if (!URL.canParse(url)) throw new NodeRequestError('host-invalid')
  return url
}

function hostOf(message: FrameworkMessage): string {
  // Two hosts are two opinions on who is asked: the proxy may have meant the other one.
  if (countHosts(message.rawHeaders) > 1) throw new NodeRequestError('host-invalid')

  const host = message.headers.host ?? message.headers[':authority']
  // HTTP/1.0 health checks send none.
  if (typeof host !== 'string' || host === '') return 'localhost'
  if (!HOST.test(host)) throw new NodeRequestError('host-invalid')
  return host
}

function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1
  }
  return count
}

function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers)) {
    // HTTP/2 pseudo headers (`:path`) are not headers.
    if (value === undefined || name.startsWith(':')) continue
    if (typeof value === 'string') headers.append(name, value)
    else for (const item of value) headers.append(name, item)
  }
  return headers
}
