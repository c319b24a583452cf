import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
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

it('needs no decoder of the runtime', async () => {
  const bytes = Buffer.from([0xff, 0xfe, 0, 1])
  const text = bytes.toString('base64url')
  vi.resetModules()
  vi.stubGlobal('Buffer', undefined)
  const elsewhere = await import('./base64url.ts').finally(() => vi.unstubAllGlobals())
  expect(elsewhere.decodeBase64Url).toBe(elsewhere.decodePortably)
  expect([...elsewhere.decodeBase64Url(text)]).toEqual([...bytes])
})
