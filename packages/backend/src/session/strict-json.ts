/** Deepest nesting that is read. Claims of real sessions stay far below. */
const MAX_DEPTH = 64

const STRINGS = /"(?:[^"\\]|\\.)*"/g

/**
 * Parses JSON and refuses objects that name a member twice, at any depth: readers differ in which
 * of the two they take. Refuses to follow more than 64 levels.
 *
 * @throws {SyntaxError}
 */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  // Every member is written with one colon; of two with one name, the parsed object has one.
  const written = text.replace(STRINGS, '').split(':').length - 1
  if (countMembers(value, 0) !== written) throw new SyntaxError('Duplicate member')
  return value
}

function countMembers(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0
  if (depth === MAX_DEPTH) throw new SyntaxError('Nested too deeply')
  const members: readonly unknown[] = Object.values(value)
  let count = Array.isArray(value) ? 0 : members.length
  for (const member of members) count += countMembers(member, depth + 1)
  return count
}
