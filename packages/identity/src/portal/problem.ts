/** Refusals in words, for people who followed a link or typed an address. */

import { type ApiError, wordsOf } from '../http/errors.ts'
import type { Instance } from '../instances/instance.ts'
import { answerPage } from './answer.ts'
import { problemPage } from './html.ts'

/** Answers with a page that says what is wrong. */
export function problemResponse(instance: Instance, error: ApiError): Response {
  const { message, longMessage } = wordsOf(error)
  const page = problemPage(instance, message, longMessage)
  return answerPage(instance, page, { status: error.status })
}
