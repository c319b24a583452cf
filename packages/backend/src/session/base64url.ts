// Node's own decoder is many times faster than the portable one, and forgives more than it should:
// what is decoded has been checked before.
const { Buffer: native } = globalThis as {
  Buffer?: { from(text: string, encoding: 'base64url'): Uint8Array<ArrayBuffer> }
}

/** Decodes base64url without padding that is known to be well-formed. */
export const decodeBase64Url: (text: string) => Uint8Array<ArrayBuffer> = native
  ? (text) => native.from(text, 'base64url')
  : decodePortably

/** The same on runtimes without a decoder of their own. */
export function decodePortably(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}
