import { decodeBase64Url } from './base64url.ts'
import { parseStrictJson } from './strict-json.ts'

/** A compact JWT whose form is beyond doubt. Nothing in it has been proved yet. */
export interface ParsedToken {
  /** The token, whole. */
  readonly text: string
  readonly header: TokenHeader
  readonly claims: Readonly<Record<string, unknown>>
  /** What the signature covers: the first two segments with their dot. */
  readonly signed: string
  readonly signature: Uint8Array<ArrayBuffer>
}

/** The members of a token's header that a decision may rest on. */
export interface TokenHeader {
  readonly alg: string
  readonly typ?: string
  readonly kid?: string
  readonly cat?: string
}

/** Longest session token that is read: a browser keeps no cookie above 4096 bytes. */
const MAX_TOKEN_CHARACTERS = 8192

const SEGMENT = /^[A-Za-z0-9_-]+$/
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses a compact JWT strictly, before any library sees it: three segments of canonical base64url
 * without padding, UTF-8 without a byte order mark, JSON objects without duplicate members, no
 * `crit`. Returns `null` for anything else; never throws.
 *
 * Libraries forgive much of this; what they forgive lets two readers see different tokens.
 */
export function parseToken(
  text: string,
  maxCharacters: number = MAX_TOKEN_CHARACTERS,
): ParsedToken | null {
  if (text.length > maxCharacters) return null
  const first = text.indexOf('.')
  const second = text.indexOf('.', first + 1)
  if (first === -1 || second === -1) return null
  try {
    const header = parseObject(text.slice(0, first))
    if (header === null || !isHeader(header)) return null
    const claims = parseObject(text.slice(first + 1, second))
    if (claims === null) return null
    const signature = decodeSegment(text.slice(second + 1))
    if (signature === null) return null
    return { text, header, claims, signed: text.slice(0, second), signature }
  } catch {
    // Invalid UTF-8, invalid JSON, or nested deeper than the engine follows.
    return null
  }
}

function parseObject(segment: string): Readonly<Record<string, unknown>> | null {
  const bytes = decodeSegment(segment)
  if (bytes === null) return null
  const value = parseStrictJson(decoder.decode(bytes))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return value as Readonly<Record<string, unknown>>
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function decodeSegment(segment: string): Uint8Array<ArrayBuffer> | null {
  if (!SEGMENT.test(segment)) return null
  // The spare bits of the last character must be zero, or one token could be spelled in many ways.
  const last = ALPHABET.indexOf(segment.charAt(segment.length - 1))
  switch (segment.length % 4) {
    case 1:
      return null
    case 2:
      return last % 16 === 0 ? decodeBase64Url(segment) : null
    case 3:
      return last % 4 === 0 ? decodeBase64Url(segment) : null
    default:
      return decodeBase64Url(segment)
  }
}

function isHeader(
  header: Readonly<Record<string, unknown>>,
): header is Readonly<Record<string, unknown>> & TokenHeader {
  // We understand no extension, so a token that insists on one must be refused (RFC 7515, 4.1.11).
  if (Object.hasOwn(header, 'crit')) return false
  if (!isText(header['alg'])) return false
  return ['typ', 'kid', 'cat'].every((name) => !Object.hasOwn(header, name) || isText(header[name]))
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 256
}
