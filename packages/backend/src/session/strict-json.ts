/** Deepest nesting that is read. Claims of real sessions stay far below. */
const MAX_DEPTH = 64

const COLON = 58
const QUOTE = 34
const BACKSLASH = 92

/**
 * Parses JSON and refuses objects that name a member twice, at any depth: readers differ in which
 * of the two they take. Refuses to follow more than 64 levels.
 *
 * @throws {SyntaxError}
 */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  // Every member is written with one colon; of two with one name, the parsed object has one.
  if (countMembers(value, 0) !== countColons(text)) throw new SyntaxError('Duplicate member')
  return value
}

/** Counts the colons outside of strings. The text is well-formed, so every string ends. */
function countColons(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === COLON) count += 1
    else if (code === QUOTE) at = endOfString(text, at)
  }
  return count
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1
  return backslashes % 2 === 1
}

function countMembers(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0
  if (depth === MAX_DEPTH) throw new SyntaxError('Nested too deeply')
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item, depth + 1)
    return count
  }
  // Inherits nothing enumerable: it came out of the parser.
  for (const name in value) {
    count += 1 + countMembers((value as Readonly<Record<string, unknown>>)[name], depth + 1)
  }
  return count
}
