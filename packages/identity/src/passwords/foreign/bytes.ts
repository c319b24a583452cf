import { timingSafeEqual } from 'node:crypto'

/** How bytes are written in a digest. */
export type Encoding = 'hex' | 'base64' | 'utf8'

const PATTERNS: Readonly<Record<Encoding, RegExp>> = {
  hex: /^(?:[0-9a-f]{2})+$/i,
  base64: /^(?=.)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/,
  utf8: /^[^$]+$/,
}

/** Reads bytes, or `null` if they are not written like that. */
export function readBytes(text: string, encoding: Encoding): Buffer | null {
  return PATTERNS[encoding].test(text) ? Buffer.from(text, encoding) : null
}

/** Compares what was computed with what was stored, as slowly where they differ early as late. */
export function isSame(computed: Buffer, stored: Buffer): boolean {
  return computed.length === stored.length && timingSafeEqual(computed, stored)
}
