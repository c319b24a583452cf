import type { ClerkAPIError } from '@core/js'
import { errorsOf } from '@core/protocol'
import type { Text } from './text/en.ts'

/** What went wrong, in words for the person at the screen: by field, and about the form as a whole. */
export interface Problem {
  readonly fields: Readonly<Record<string, string>>
  readonly form: string | null
  /** Codes of the server's errors, for the flows that branch on them. */
  readonly codes: readonly string[]
}

/**
 * Translates a failure of `@core/js` for a form with these fields. An error about a parameter that has no field here is shown
 * above the form; one that nobody expected gets a text that gives nothing away.
 */
export function toProblem(error: unknown, fields: readonly string[], text: Text): Problem {
  const errors = apiErrorsOf(error)
  if (errors.length === 0) {
    return { fields: {}, form: textOf(codeOf(error), text) ?? text.error.unknown, codes: [] }
  }

  const byField: Record<string, string> = {}
  const general: string[] = []
  for (const item of errors) {
    const message =
      textOf(item.code, text, item.paramName) ??
      (item.longMessage || item.message || text.error.unknown)
    const field = fields.find((name) => name === toCamelCase(item.paramName ?? ''))
    if (field === undefined) general.push(message)
    else byField[field] ??= message
  }
  return {
    fields: byField,
    form: general.length > 0 ? [...new Set(general)].join(' ') : null,
    codes: errors.map((item) => item.code),
  }
}

/** Tells whether the server refused with one of these codes. */
export function hasCode(error: unknown, codes: readonly string[]): boolean {
  return apiErrorsOf(error).some((item) => codes.includes(item.code))
}

/** Reads which session an error is about. */
export function sessionIdOf(error: unknown): string | undefined {
  return apiErrorsOf(error).find((item) => item.sessionId !== undefined)?.sessionId
}

/** Puts everything that went wrong in one text, for a screen without fields. */
export function summaryOf(problem: Problem | null): string | null {
  if (problem === null) return null
  return [problem.form, ...Object.values(problem.fields)].filter(Boolean).join(' ') || null
}

interface ReadableError {
  readonly code: string
  readonly message: string
  readonly longMessage: string | undefined
  readonly paramName: string | undefined
  readonly sessionId: string | undefined
}

// By shape, not by class: an application may hold the class of another copy of `@core/js`.
function apiErrorsOf(error: unknown): readonly ReadableError[] {
  return (errorsOf(error) as readonly ClerkAPIError[]).map(
    ({ code, message, longMessage, meta }) => ({
      code,
      message,
      longMessage,
      paramName: meta?.paramName,
      sessionId: meta?.sessionId,
    }),
  )
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

function textOf(code: string, text: Text, parameter?: string): string | undefined {
  const table: Readonly<Record<string, string>> = text.error
  return (parameter && own(table, `${code}__${parameter}`)) || own(table, code)
}

// A code comes from the network: `constructor` is not a text.
function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

function toCamelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
