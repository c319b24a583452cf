import { paramError } from './errors.ts'
import type { Params } from './params.ts'

/** Which part of a list is wanted. Absent means the first ten: zero and nothing are never sent. */
export function readPage(query: Params): { readonly limit: number; readonly offset: number } {
  return {
    limit: query.integer('limit', 1, 500) ?? 10,
    offset: query.integer('offset', 0, 1_000_000_000) ?? 0,
  }
}

/**
 * Which column a list is ordered by, and how: `field`, `+field` or `-field`. A plus that was not escaped
 * arrives as a space.
 *
 * @throws {ApiError} `form_param_value_invalid`
 */
export function readOrder<Column>(
  query: Params,
  columns: Readonly<Record<string, Column>>,
  fallback: string,
): { readonly column: Column; readonly isDescending: boolean } {
  const order = query.text('order_by') ?? fallback
  const name = order.replace(/^[-+ ]/, '')
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined
  if (column === undefined) throw paramError('form_param_value_invalid', 'order_by')
  return { column, isDescending: order.startsWith('-') }
}
