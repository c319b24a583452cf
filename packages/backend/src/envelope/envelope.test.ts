import { createDecipheriv, createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { CompactEncrypt } from 'jose'
import { describe, expect, it } from 'vitest'
import { NOW } from '../../test/issuer.ts'
import { type OpenOptions, openEnvelope, sealEnvelope } from './envelope.ts'

const HEX = createHash('sha256').update('key').digest('hex')
const seal = (payload: unknown, key = HEX): Promise<string> =>
  sealEnvelope(payload, { purpose: 'request-state', key, now: NOW })
const open = (text: string, options: Partial<OpenOptions> = {}): Promise<unknown> =>
  openEnvelope(text, { purpose: 'request-state', key: HEX, now: NOW, ...options })

const sealWithJose = (plain: unknown): Promise<string> =>
  new CompactEncrypt(Buffer.from(typeof plain === 'string' ? plain : JSON.stringify(plain)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(Buffer.from(HEX, 'hex'))

const bytes = (part: string): Buffer => Buffer.from(part, 'base64url')

const INVALID = { code: 'envelope-invalid', status: 400 }

describe('an envelope', () => {
  it('gives back what was put in, under any secret', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.string({ minLength: 1 }), async (payload, key) => {
        const expected: unknown = JSON.parse(JSON.stringify(payload))
        expect(await open(await seal(payload, key), { key })).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })

  it('is a compact JWE, encrypted with the 32 bytes that 64 hex characters are', async () => {
    const [header = '', encryptedKey, iv = '', text = '', tag = ''] = (await seal('secret')).split(
      '.',
    )
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
    })
    expect(encryptedKey).toBe('')
    const decipher = createDecipheriv(
      'aes-256-gcm',
      Buffer.from(HEX, 'hex'),
      Buffer.from(iv, 'base64url'),
    )
    decipher.setAAD(Buffer.from(header))
    decipher.setAuthTag(Buffer.from(tag, 'base64url'))
    const plain = Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()])
    expect(JSON.parse(plain.toString())).toEqual({
      iat: NOW,
      purpose: 'request-state',
      payload: 'secret',
    })
  })

  it('opens if it was sealed by jose, and only while nothing in it is out of place', async () => {
    const letter = { iat: NOW, purpose: 'request-state', payload: { a: 1 } }
    expect(await open(await sealWithJose(letter))).toEqual({ a: 1 })
    for (const wrong of [
      '',
      'x',
      null,
      [],
      'null',
      { ...letter, iat: undefined },
      { ...letter, iat: String(NOW) },
      { ...letter, iat: null },
      { ...letter, purpose: undefined },
      { ...letter, purpose: ['request-state'] },
    ]) {
      await expect(open(await sealWithJose(wrong))).rejects.toMatchObject(INVALID)
    }
  })

  it('looks different each time and shows nothing', async () => {
    const [first, second] = await Promise.all([
      seal({ secretKey: 'sk_x' }),
      seal({ secretKey: 'sk_x' }),
    ])
    expect(first).not.toBe(second)
    expect(Buffer.from(first, 'base64url').toString()).not.toContain('sk_x')
  })

  it('does not mind how the hex digits are spelled', async () => {
    expect(await open(await seal(1), { key: HEX.toUpperCase() })).toBe(1)
  })

  it('opens with any of the keys of a rotation', async () => {
    const text = await seal(1, 'the old secret text')
    expect(await open(text, { key: [HEX, 'the old secret text'] })).toBe(1)
    expect(await open(await seal(1), { key: [HEX, 'the old secret text'] })).toBe(1)
    await expect(open(text, { key: [HEX] })).rejects.toMatchObject(INVALID)
  })

  it('is held against the rules whichever key of a rotation opens it', async () => {
    const text = await seal(1, 'the old secret text')
    const key = [HEX, 'the old secret text']
    await expect(open(text, { key, now: NOW + 60_001 })).rejects.toMatchObject(INVALID)
    await expect(open(text, { key, purpose: 'other' as 'request-state' })).rejects.toMatchObject(
      INVALID,
    )
  })

  it('needs a key', async () => {
    await expect(seal(1, '')).rejects.toThrow(TypeError)
    await expect(open(await seal(1), { key: '' })).rejects.toThrow(TypeError)
  })

  it.each([
    ['31 bytes', HEX.slice(2)],
    ['33 bytes', `${HEX}00`],
    ['the bytes as text', Buffer.from(HEX, 'hex').toString('latin1')],
    ['nothing but zeros', '0'.repeat(64)],
  ])('takes a key of %s for another one', async (_, key) => {
    expect(await open(await seal(1, key), { key })).toBe(1)
    await expect(open(await seal(1, key))).rejects.toMatchObject(INVALID)
    await expect(open(await seal(1), { key })).rejects.toMatchObject(INVALID)
  })

  // oxfmt-ignore
  it.each([
    ['another key',               { key: HEX.replace(/./, 'x') }],
    ['no key',                    { key: [] }],
    ['too late',                  { now: NOW + 60_001 }],
    ['too late for its reader',   { now: NOW + 11, maxAgeMs: 10 }],
    ['too early',                 { now: NOW - 5001 }],
    ['at no time',                { now: Number.NaN }],
    ['another purpose',           { purpose: 'other' as 'request-state' }],
  ])('does not open with or at: %s', async (_, options) => {
    const text = await seal(1)
    await expect(open(text, options)).rejects.toMatchObject(INVALID)
  })

  it('does not open when a bit was changed, or an end is missing', async () => {
    const text = await seal({ userId: 'user_1' })
    const parts = text.split('.')
    const changed = parts.flatMap((part, index) =>
      [...bytes(part).keys()].flatMap((at) =>
        [0x01, 0x80, 0xff].map((bits) => {
          const copy = bytes(part)
          copy.writeUInt8(copy.readUInt8(at) ^ bits, at)
          return parts.with(index, copy.toString('base64url')).join('.')
        }),
      ),
    )
    const shortened = Array.from({ length: text.length }, (_, length) => text.slice(0, length))
    const results = await Promise.allSettled([...changed, ...shortened].map((bad) => open(bad)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toEqual([])
    expect(
      results.every(
        (result) => result.status === 'rejected' && result.reason.code === 'envelope-invalid',
      ),
    ).toBe(true)
  })

  it('does not open with parts of another', async () => {
    const [one, two] = [(await seal(1)).split('.'), (await seal(2)).split('.')]
    for (const index of [2, 3, 4]) {
      const mixed = one.with(index, two[index] ?? '').join('.')
      await expect(open(mixed)).rejects.toMatchObject(INVALID)
    }
  })

  it('does not open if it is longer than a header may be', async () => {
    await expect(open(await seal('x'.repeat(60_000)))).rejects.toMatchObject(INVALID)
  })

  // oxfmt-ignore
  it.each([
    ['nothing',                ''],
    ['dots',                   '....'],
    ['one megabyte',           'A'.repeat(1_000_000)],
    ['a megabyte of dots',     '.'.repeat(1_000_000)],
    ['a long part',            `eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..${'A'.repeat(1_000_000)}.A.A`],
    ['another algorithm',      `${Buffer.from('{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":1000000,"p2s":"AAAA"}').toString('base64url')}.AA.AA.AA.AA`],
    ['compression',            `${Buffer.from('{"alg":"dir","enc":"A256GCM","zip":"DEF"}').toString('base64url')}..AA.AA.AA`],
    ['no encryption',          `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
  ])('is not made of %s', async (_, text) => {
    await expect(open(text)).rejects.toMatchObject(INVALID)
  })
})
