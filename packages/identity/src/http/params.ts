import { ApiError, paramError } from './errors.ts'

/** Parameters of a request: a form's fields, a query's, or the members of a JSON body. */
export class Params {
  readonly #values: ReadonlyMap<string, readonly unknown[]>

  constructor(values: ReadonlyMap<string, readonly unknown[]>) {
    this.#values = values
  }

  /** True if the parameter was sent, even if empty. */
  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** Names of what was sent, as far as they can be names. */
  names(): readonly string[] {
    return [...this.#values.keys()].filter((name) => /^\w{1,64}$/.test(name)).slice(0, 32)
  }

  /**
   * The text of a parameter. Absent, empty and JSON `null` are `null`: browsers send an empty
   * text where a program means nothing. Of a parameter sent twice the parts are joined with commas.
   *
   * @throws {ApiError} if it is something else than text
   */
  text(name: string, maxLength = 2048): string | null {
    const values = (this.#values.get(name) ?? []).filter((value) => value !== null)
    if (values.some((value) => typeof value !== 'string')) {
      throw paramError('form_param_type_invalid', name)
    }
    const text = values.join(',')
    if (text.length > maxLength) throw paramError('form_param_max_length_exceeded', name)
    if (!isStorable(text)) throw paramError('form_param_format_invalid', name)
    return text === '' ? null : text
  }

  /** The text of a parameter that must be there. */
  required(name: string, maxLength?: number): string {
    const text = this.text(name, maxLength)
    if (text === null) throw paramError('form_param_nil', name)
    return text
  }

  /** All values of a parameter that may be sent several times. */
  list(name: string): string[] {
    const values = (this.#values.get(name) ?? []).flat()
    if (values.some((value) => typeof value !== 'string')) {
      throw paramError('form_param_type_invalid', name)
    }
    if (!isStorable(values)) throw paramError('form_param_format_invalid', name)
    return values.filter((value) => value !== '') as string[]
  }

  /** A yes or no, `null` if absent. */
  flag(name: string): boolean | null {
    const value = this.#values.get(name)?.[0]
    if (value === true || value === 'true') return true
    if (value === false || value === 'false') return false
    if (value === undefined || value === null || value === '') return null
    throw paramError('form_param_type_invalid', name)
  }

  /** A whole number within limits, `null` if absent. */
  integer(name: string, min: number, max: number): number | null {
    const value = this.#values.get(name)?.[0]
    if (value === undefined || value === null || value === '') return null
    const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
      throw paramError('form_param_type_invalid', name)
    }
    if (number < min || number > max) throw paramError('form_param_value_invalid', name)
    return number
  }

  /** An object: a JSON member, or a form field that holds JSON text. `null` if absent. */
  object(name: string): Readonly<Record<string, unknown>> | null {
    let value = this.#values.get(name)?.[0]
    if (value === undefined || value === null || value === '') return null
    if (typeof value === 'string') {
      try {
        value = JSON.parse(value)
      } catch {
        throw paramError('form_param_format_invalid', name)
      }
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw paramError('form_param_type_invalid', name)
    }
    if (!isStorable(value)) throw paramError('form_param_format_invalid', name)
    return value as Readonly<Record<string, unknown>>
  }

  /** True if the parameter is an object and no text, not even one that spells an object. */
  isObject(name: string): boolean {
    const value = this.#values.get(name)?.[0]
    return typeof value === 'object' && value !== null
  }

  /** True if nothing of this was sent, or only empty. */
  isBlank(...names: readonly string[]): boolean {
    return names.every((name) =>
      (this.#values.get(name) ?? []).flat().every((v) => v === '' || v === null),
    )
  }
}

/** The pattern of `ilike` that finds a text anywhere. */
export function containing(query: Params, name: string): string {
  return `%${query.required(name, 256).replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
}

/**
 * Checks the variable parts of a path.
 *
 * @throws {ApiError} `resource_not_found` for what can be the name of nothing
 */
export function pathParams(
  params: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (!isStorable(params)) throw new ApiError('resource_not_found')
  return params
}

const MAX_DEPTH = 64

/** The database refuses NUL and halves of characters, and nobody reads what lies that deep. */
function isStorable(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return !/\0|\p{Surrogate}/u.test(value)
  if (typeof value !== 'object' || value === null) return true
  return (
    depth < MAX_DEPTH &&
    Object.entries(value).every(([key, it]) => isStorable(key) && isStorable(it, depth + 1))
  )
}

/** Reads the parameters of a query string. */
export function queryParams(search: URLSearchParams): Params {
  const values = new Map<string, unknown[]>()
  for (const [name, value] of search) values.set(name, [...(values.get(name) ?? []), value])
  return new Params(values)
}

/**
 * Reads the parameters of a request's body: a form (browsers) or a JSON object (servers).
 *
 * @throws {ApiError} `request_body_invalid`, `request_too_large`, `unsupported_content_type`
 */
export async function bodyParams(request: Request, maxBytes: number): Promise<Params> {
  const text = await readText(request, maxBytes)
  // Servers announce JSON on requests that have no body.
  if (text.trim() === '') return new Params(new Map())
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type === 'application/x-www-form-urlencoded' || type === '' || type === undefined) {
    return queryParams(new URLSearchParams(text))
  }
  if (type !== 'application/json') throw new ApiError('unsupported_content_type')
  return objectParams(parseJson(text))
}

/**
 * Reads the objects of a JSON list.
 *
 * @throws {ApiError} `request_body_invalid`, `request_too_large`, `unsupported_content_type`
 */
export async function bodyItems(request: Request, maxBytes: number): Promise<Params[]> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new ApiError('unsupported_content_type')
  const body = parseJson(await readText(request, maxBytes))
  if (!Array.isArray(body)) throw new ApiError('request_body_invalid')
  return body.map(objectParams)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError('request_body_invalid')
  }
}

function objectParams(body: unknown): Params {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError('request_body_invalid')
  }
  // A list stays one value: what is asked for as a text or an object must not pass in a list.
  return new Params(new Map(Object.entries(body).map(([name, value]) => [name, [value]])))
}

/** Reads a body of text. */
async function readText(request: Request, maxBytes: number): Promise<string> {
  // Browsers renew tokens with nothing but an address: no stream has to be made for that.
  const announced = request.headers.get('content-length')
  if (announced === '0') return ''
  // Through a socket comes no more than was announced, so that it can be taken at once.
  const isShort = announced !== null && Number(announced) <= maxBytes
  const bytes = isShort
    ? new Uint8Array(await request.arrayBuffer())
    : await readStream(request, maxBytes)
  // Whoever hands requests over without one may have announced anything.
  if (bytes.byteLength > maxBytes) throw new ApiError('request_too_large')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ApiError('request_body_invalid')
  }
}

/** Reads a body whose length nobody knows, and stops as soon as it is too large. */
async function readStream(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.byteLength
    if (size > maxBytes) throw new ApiError('request_too_large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
