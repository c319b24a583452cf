/** Reads the docstrings of an interface's or a class's members out of its source. */

/** A member, as its docstring describes it. */
export interface Member {
  readonly name: string
  /** Text of the docstring, each paragraph on one line; empty if there is none. */
  readonly text: string
  /** What follows the member's name: its type, or its value. */
  readonly type: string
}

/** Joins the lines of each paragraph of a docstring. */
function toText(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .join('\n')
    .trim()
    .replaceAll(/(?<!\n)\n(?!\n)/g, ' ')
}

/** Returns the docstring directly above a declaration such as `export interface ClerkOptions`. */
export function docstringOf(source: string, declaration: string): string {
  const above = source.slice(0, at(source, declaration))
  const comment = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*$/.exec(above)?.[1]
  if (comment === undefined) throw new Error(`${declaration} has no docstring`)
  return toText(comment)
}

/** Returns the readonly members of a declaration, in their order. */
export function membersOf(source: string, declaration: string): readonly Member[] {
  const start = at(source, declaration)
  // What is formatted ends with the first brace at the start of a line.
  const body = source.slice(start, source.indexOf('\n}', start))
  const member =
    /(?:\n {2}\/\*\*((?:(?!\*\/)[^])*)\*\/)?\n {2}(?:override )?readonly (\w+)\??(?:: | = )([^\n]+)/g
  return [...body.matchAll(member)].map(([, comment = '', name = '', type = '']) => ({
    name,
    text: toText(comment),
    type,
  }))
}

function at(source: string, declaration: string): number {
  const found = new RegExp(`^${declaration}\\b`, 'm').exec(source)
  if (found === null) throw new Error(`There is no ${declaration}`)
  return found.index
}
