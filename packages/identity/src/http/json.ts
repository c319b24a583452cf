/**
 * Answers JSON. The media type is bare on purpose: server SDKs parse a body only if its type is
 * exactly `application/json`.
 */
export function jsonResponse(
  body: unknown,
  status = 200,
  headers: Headers = new Headers(),
): Response {
  headers.set('content-type', 'application/json')
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  return new Response(JSON.stringify(body), { status, headers })
}
