/** Signatures of webhooks: HMAC-SHA-256 over id, time and body, `v1,<base64>` each. */

/** Shortest and longest key that is accepted, in bytes. */
const KEY_BYTES = { min: 24, max: 128 } as const

const encoder = new TextEncoder()

/**
 * Parses a signing secret: base64 with or without `whsec_` before it. Returns `null` for what is
 * not base64 and for keys of fewer than 24 or more than 128 bytes.
 */
export function parseSigningSecret(text: string): Uint8Array<ArrayBuffer> | null {
  const base64 = text.replace(/^whsec_/, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null
  try {
    const key = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    return key.length >= KEY_BYTES.min && key.length <= KEY_BYTES.max ? key : null
  } catch {
    return null
  }
}

/** Signs the bytes of a body as they are on the wire. */
export async function signWebhook(
  secret: Uint8Array<ArrayBuffer>,
  id: string,
  timestamp: number,
  body: Uint8Array,
): Promise<string> {
  const prefix = encoder.encode(`${id}.${timestamp}.`)
  const content = new Uint8Array(prefix.length + body.length)
  content.set(prefix)
  content.set(body, prefix.length)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign'])
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, content))
  return `v1,${btoa(String.fromCharCode(...mac))}`
}

/**
 * Tells whether a signature is in the list of a header. Each entry counts as a whole, byte for
 * byte: one that is shorter, longer, of another version or in another spelling is another signature.
 */
export function includesSignature(header: string, expected: string): boolean {
  let isFound = false
  for (const entry of header.split(' ')) isFound = isSame(entry, expected) || isFound
  return isFound
}

/** Takes as long for a wrong first character as for a wrong last one. */
function isSame(given: string, expected: string): boolean {
  if (given.length !== expected.length) return false
  let difference = 0
  for (let at = 0; at < expected.length; at++) {
    difference |= given.charCodeAt(at) ^ expected.charCodeAt(at)
  }
  return difference === 0
}
