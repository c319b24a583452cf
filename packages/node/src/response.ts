import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { mergeHeaders } from '@core/backend/internal'

/**
 * Writes a Web `Response` to a `node:http` response and ends it. Headers that are already set stay;
 * those of the response are added to them as {@link appendHeaders} does.
 *
 * Resolves when everything is handed to the socket, or the client has gone.
 */
export async function writeResponse(target: ServerResponse, response: Response): Promise<void> {
  target.statusCode = response.status
  if (response.statusText !== '') target.statusMessage = response.statusText
  appendHeaders(target, response.headers)

  if (response.body === null || target.req.method === 'HEAD') {
    await response.body?.cancel()
    target.end()
    return
  }
  try {
    await pipeline(Readable.fromWeb(response.body), target)
  } catch (error) {
    // A client that leaves early is no error of the application.
    if (!isPrematureClose(error)) throw error
  }
}

/**
 * Adds headers to a `node:http` response: cookies one by one, never replacing what is there;
 * of two `Cache-Control` the stricter one wins.
 */
export function appendHeaders(target: ServerResponse, headers: Headers): void {
  mergeHeaders(
    {
      get: (name) => {
        const value = target.getHeader(name)
        return value === undefined ? null : Array.isArray(value) ? value.join(', ') : String(value)
      },
      set: (name, value) => void target.setHeader(name, value),
      append: (name, value) => void target.appendHeader(name, value),
    },
    headers,
  )
}

function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
}
