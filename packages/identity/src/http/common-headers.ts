/** What every answer to a request carries, whoever makes it. */

/** Headers by their names in lower case. */
export type CommonHeaders = Readonly<Record<string, string>>

/** What answers carry whoever asks. */
export const EVERY_ANSWER: CommonHeaders = { 'x-content-type-options': 'nosniff' }

/**
 * Where an answer remembers with which such headers it was made. To look at the headers of a finished answer, or
 * to add some, takes longer than to make it.
 */
const MADE_WITH = Symbol('headers that it was made with')

interface Made {
  [MADE_WITH]?: CommonHeaders
}

/** Notes that an answer carries these headers. */
export function madeWith(response: Response & Made, headers: CommonHeaders): Response {
  response[MADE_WITH] = headers
  return response
}

/** Makes an answer carry these headers. */
export function addHeaders(response: Response & Made, headers: CommonHeaders): Response {
  if (response[MADE_WITH] === headers) return response
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  return madeWith(response, headers)
}
