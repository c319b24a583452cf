/** Writes a name as the wire spells it: `emailAddress` becomes `email_address`. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)
}

/** Type of plain wire data with its names in camelCase. */
export type CamelCased<T> = {
  readonly [K in keyof T as K extends string ? CamelCase<K> : never]: T[K]
}

type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S

/** Copies plain wire data with its own names in camelCase; what is inside stays as it is. */
export function toCamelCase<T extends object>(json: T): CamelCased<T> {
  const entries = Object.entries(json).map(([name, value]) => [
    name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ])
  return Object.fromEntries(entries) as CamelCased<T>
}
