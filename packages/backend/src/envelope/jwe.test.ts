import { createCipheriv, randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { CompactEncrypt, compactDecrypt } from 'jose'
import { describe, expect, it } from 'vitest'
import { decryptJwe, encryptJwe, importJweKey } from './jwe.ts'

const SECRET = Uint8Array.from({ length: 32 }, (_, index) => index)
const KEY = await importJweKey(SECRET)
const HEADER = { alg: 'dir', enc: 'A256GCM' }

const encode = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64url')
const plain = fc.uint8Array({ maxLength: 300 }).map((bytes) => Uint8Array.from(bytes))

/** Encrypts rightly in every respect but those that are given. */
function forge(header: string, { ivBytes = 12, tagBytes = 16 } = {}): string {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', SECRET, iv, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(encode(header)))
  const text = Buffer.concat([cipher.update('text'), cipher.final()])
  return [encode(header), '', encode(iv), encode(text), encode(cipher.getAuthTag())].join('.')
}

describe('a JWE', () => {
  it('is read by jose', async () => {
    await fc.assert(
      fc.asyncProperty(plain, async (bytes) => {
        const { plaintext, protectedHeader } = await compactDecrypt(
          await encryptJwe(bytes, KEY),
          SECRET,
        )
        expect(protectedHeader).toEqual(HEADER)
        expect([...plaintext]).toEqual([...bytes])
      }),
    )
  })

  it('of jose is read', async () => {
    await fc.assert(
      fc.asyncProperty(plain, async (bytes) => {
        const text = await new CompactEncrypt(bytes).setProtectedHeader(HEADER).encrypt(SECRET)
        expect([...((await decryptJwe(text, KEY)) ?? [-1])]).toEqual([...bytes])
      }),
    )
  })

  it('has another nonce each time, even for the same text', async () => {
    const texts = await Promise.all(
      Array.from({ length: 200 }, () => encryptJwe(Uint8Array.of(1), KEY)),
    )
    expect(new Set(texts.map((text) => text.split('.')[2])).size).toBe(200)
  })

  it('is not read with another key', async () => {
    const other = await importJweKey(SECRET.with(31, 0))
    expect(await decryptJwe(await encryptJwe(SECRET, KEY), other)).toBe(null)
  })

  it.each([0, 16, 24, 31, 33])('has no key of %i bytes', async (length) => {
    await expect(importJweKey(new Uint8Array(length))).rejects.toThrow(RangeError)
  })

  it('is the forgery of these tests, if nothing is wrong with it', async () => {
    const text = await decryptJwe(forge(JSON.stringify(HEADER)), KEY)
    expect(Buffer.from(text ?? []).toString()).toBe('text')
  })

  // oxfmt-ignore
  it.each([
    ['members in another order',  forge('{"enc":"A256GCM","alg":"dir"}')],
    ['a space',                   forge('{"alg":"dir", "enc":"A256GCM"}')],
    ['a member twice',            forge('{"alg":"dir","enc":"A256GCM","alg":"dir"}')],
    ['compression',               forge('{"alg":"dir","enc":"A256GCM","zip":"DEF"}')],
    ['what must be understood',   forge('{"alg":"dir","enc":"A256GCM","crit":["x"],"x":1}')],
    ['a name of its key',         forge('{"alg":"dir","enc":"A256GCM","kid":"../../dev/null"}')],
    ['another way to the key',    forge('{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":1000000,"p2s":"AAAA"}')],
    ['another cipher',            forge('{"alg":"dir","enc":"A128CBC-HS256"}')],
    ['nothing',                   forge('')],
  ])('is not read when its header has %s, however right the rest is', async (_, text) => {
    expect(await decryptJwe(text, KEY)).toBe(null)
  })

  // A short tag is guessed soon; a nonce of another length is hashed, which makes two of one.
  it.each([
    { tagBytes: 4 },
    { tagBytes: 8 },
    { tagBytes: 12 },
    { tagBytes: 15 },
    { ivBytes: 1 },
    { ivBytes: 11 },
    { ivBytes: 16 },
  ])('is not read with %o', async (lengths) => {
    expect(await decryptJwe(forge(JSON.stringify(HEADER), lengths), KEY)).toBe(null)
  })

  // The tag's last letter carries four bits that count for nothing, the text's two or four.
  it.each([
    [1, 3],
    [1, 4],
    [2, 3],
    [2, 4],
    [3, 4],
  ])('of %i bytes is not read when part %i is spelled in another way', async (length, part) => {
    const text = await encryptJwe(new Uint8Array(length), KEY)
    const parts = text.split('.')
    const own = parts[part] ?? ''
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const bytes = Buffer.from(own, 'base64url')
    const spellings = [...letters]
      .map((letter) => own.slice(0, -1) + letter)
      .filter((other) => other !== own && Buffer.from(other, 'base64url').equals(bytes))
    expect(spellings.length).toBeGreaterThanOrEqual(
      length === 2 && part === 3 ? 3 : part === 4 ? 15 : 0,
    )
    for (const spelling of [...spellings, `${own}=`, `${own}\n`, ` ${own}`, `${own}+`]) {
      expect(await decryptJwe(parts.with(part, spelling).join('.'), KEY)).toBe(null)
    }
  })

  it.each([
    ['four parts', (text: string) => text.slice(0, text.lastIndexOf('.'))],
    ['six parts', (text: string) => `${text}.AAAA`],
    ['an encrypted key', (text: string) => text.replace('..', '.AAAA.')],
    ['a line feed behind it', (text: string) => `${text}\n`],
    ['another before it', (text: string) => `${text}\n${text}`],
  ])('is not read with %s', async (_, change) => {
    expect(await decryptJwe(change(await encryptJwe(SECRET, KEY)), KEY)).toBe(null)
  })

  it('is anything but what a stranger sends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await decryptJwe(text, KEY)).toBe(null)
      }),
    )
  })
})
