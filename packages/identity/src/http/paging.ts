import type { Params } from './params.ts'

/** Which part of a list is wanted. Absent means the first ten: zero and nothing are never sent. */
export function readPage(query: Params): { readonly limit: number; readonly offset: number } {
  return {
    limit: query.integer('limit', 1, 500) ?? 10,
    offset: query.integer('offset', 0, 1_000_000_000) ?? 0,
  }
}
