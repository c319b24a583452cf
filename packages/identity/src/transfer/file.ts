/**
 * The file of an export: lines of JSON. The first one is a {@link Header}, the last one a {@link Footer},
 * between them is one line per row, `{"table":…,"row":…}`, a table after those it refers to.
 */

import { createReadStream } from 'node:fs'

/** Begins a file. */
export interface Header {
  /** Version of the form. Another one is refused. */
  readonly core_export: 1
  readonly instance: string
  /** `sealed`: private keys are in the file, encrypted under a passphrase; `absent`: they are not. */
  readonly keys: 'sealed' | 'absent'
}

/** Ends a file. One without it was cut off. */
export interface Footer {
  /** How many rows of which table there are. */
  readonly rows: Readonly<Record<string, number>>
  /** SHA-256 of all lines before, line breaks included, in hex. */
  readonly sha256: string
}

const ROW = /^\{"table":"(\w+)","row":(.*)\}$/s

/** Writes a row. Its JSON is taken as the database wrote it, so that no number loses a digit. */
export function writeRow(table: string, json: string): string {
  return `{"table":"${table}","row":${json}}`
}

/** Reads a row; `null` if the line is something else. */
export function readRow(line: string): { readonly table: string; readonly json: string } | null {
  const [, table, json] = ROW.exec(line) ?? []
  return table === undefined || json === undefined ? null : { table, json }
}

/**
 * Reads the lines of a file, from when the first one is asked for. Only a line feed ends one: what else may
 * end a line, such as U+2028, stands in names that people have.
 */
export async function* readLines(path: string): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    rest += chunk
    // A picture is a line of megabytes, which is not to be searched again with each chunk.
    if (!chunk.includes('\n')) continue
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield withoutReturn(line)
  }
  if (rest !== '') yield withoutReturn(rest)
}

/** Some programs that carry text files end lines in their own way. */
const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)
