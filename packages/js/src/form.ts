/** Writes a name as the wire spells it: `emailAddress` becomes `email_address`. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)
}

/**
 * Encodes parameters as a form. Only top-level names are converted; `null` becomes an empty value,
 * a list a repeated name, any other object its JSON text, and `undefined` is left out.
 */
export function encodeForm(params: object): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(params) as [string, unknown][]) {
    if (value === undefined) continue
    for (const item of Array.isArray(value) ? value : [value]) {
      form.append(toSnakeCase(name), encodeValue(item))
    }
  }
  return form
}

function encodeValue(value: unknown): string {
  if (value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
