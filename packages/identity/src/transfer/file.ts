/**
 * The file of an export: lines of JSON. The first one is a {@link Header}, the last one a {@link Footer},
 * between them is one line per row, `{"table":…,"row":…}`, a table after those it refers to.
 */

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
