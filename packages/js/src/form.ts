import { toSnakeCase } from './names.ts'

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
