import { EVERY_ANSWER, madeWith, type CommonHeaders } from './common-headers.ts'

/**
 * Answers JSON. The media type is bare on purpose: server SDKs parse a body only if its type is
 * exactly `application/json`.
 *
 * @param common what the answer carries besides its own headers, if that is known already
 */
export function jsonResponse(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
  common: CommonHeaders = EVERY_ANSWER,
): Response {
  const response = new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...headers,
      ...common,
    },
  })
  return madeWith(response, common)
}
