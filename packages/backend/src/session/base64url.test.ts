import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64Url, decodePortably } from './base64url.ts'

describe.each([
  ['decodeBase64Url', decodeBase64Url],
  ['decodePortably', decodePortably],
])('%s', (_, decode) => {
  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect([...decode(Buffer.from(bytes).toString('base64url'))]).toEqual([...bytes])
      }),
    )
  })
})
