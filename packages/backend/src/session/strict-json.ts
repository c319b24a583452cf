/** Deepest nesting that is read. Claims of real sessions stay far below. */
const MAX_DEPTH = 64

const STRING = /"(?:[^"\\]|\\.)*"/y

/**
 * Parses JSON and refuses objects that name a member twice, at any depth: readers differ in which
 * of the two they take. Refuses to follow more than 64 levels.
 *
 * @throws {SyntaxError}
 */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  // The text is well-formed from here on, so that brackets outside of strings always pair.
  const open: (Set<string> | null)[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null)
      if (open.length > MAX_DEPTH) throw new SyntaxError('Nested too deeply')
    } else if (character === '}' || character === ']') open.pop()
    else if (character === '"') {
      STRING.lastIndex = at
      const [literal = '"'] = STRING.exec(text) ?? []
      at += literal.length - 1
      const members = open.at(-1)
      if (members && /^\s*:/.test(text.slice(at + 1, at + 16))) {
        const name = literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1)
        if (members.has(name)) throw new SyntaxError('Duplicate member')
        members.add(name)
      }
    }
  }
  return value
}
