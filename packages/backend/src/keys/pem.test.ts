import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createIssuer } from '../../test/issuer.ts'
import { parsePem } from './pem.ts'

const { jwtKey, privateKey } = await createIssuer()

function pemOf(key: { export(options: { type: 'spki'; format: 'pem' }): string | Buffer }): string {
  return key.export({ type: 'spki', format: 'pem' }).toString()
}
function rsa(modulusLength: number): string {
  return pemOf(generateKeyPairSync('rsa', { modulusLength }).publicKey)
}

/** One DER element of fewer than 65,536 bytes. */
function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents)
  const length =
    body.length < 128 ? [body.length] : [0x82, Math.floor(body.length / 256), body.length % 256]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
const RSA = element(0x06, Buffer.from('2a864886f70d010101', 'hex'))

/** The PEM of an RSA key by hand, as no tool would make it. */
function rsaOf(...parts: readonly Uint8Array[]): string {
  const der = element(0x30, element(0x30, RSA, element(0x05)), ...parts)
  return `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----`
}
function keyBits(...parts: readonly Uint8Array[]): Buffer {
  return element(0x03, Buffer.from([0]), element(0x30, ...parts))
}
const EXPONENT = element(0x02, Buffer.from([1, 0, 1]))
/** A number of so many zero bytes, then so many bits that are all one. */
function integer(zeros: number, bits: number): Buffer {
  const digits = (2n ** BigInt(bits) - 1n).toString(16)
  const even = digits.length % 2 === 0 ? digits : `0${digits}`
  return element(0x02, Buffer.alloc(zeros), Buffer.from(even, 'hex'))
}

describe('parsePem', () => {
  // oxfmt-ignore
  it.each([
    ['as it was exported',          jwtKey],
    ['with the line breaks of Windows', jwtKey.replaceAll('\n', '\r\n')],
    ['with written line breaks',    jwtKey.replaceAll('\n', String.raw`\n`)],
    ['on one line',                 jwtKey.replaceAll('\n', '')],
    ['indented',                    jwtKey.replaceAll('\n', '\n    ')],
    ['with space around it',        `\n\n${jwtKey}\n `],
  ])('reads a key %s', (_, text) => {
    expect(parsePem(text)).toMatchObject({ text, algorithm: 'RS256', der: parsePem(jwtKey)?.der })
  })

  // oxfmt-ignore
  it.each([
    ['RSA 2048',      rsa(2048),                                                             'RS256'],
    ['RSA 3072',      rsa(3072),                                                             'RS256'],
    ['RSA 4096',      rsa(4096),                                                             'RS256'],
    ['P-256',         pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey),   'ES256'],
    ['Ed25519',       pemOf(generateKeyPairSync('ed25519').publicKey),                       'EdDSA'],
    ['RSA 1024',      rsa(1024),                                                             undefined],
    ['RSA 2040',      rsa(2040),                                                             undefined],
    ['P-384',         pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey),   undefined],
    ['X25519',        pemOf(generateKeyPairSync('x25519').publicKey),                        undefined],
    ['RSA-PSS',       pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey), undefined],
  ])('pins a key of kind %s to its algorithm', (_, text, algorithm) => {
    expect(parsePem(text)?.algorithm).toBe(algorithm)
  })

  // oxfmt-ignore
  it.each([
    ['2048 bits',                       rsaOf(keyBits(integer(1, 2048), EXPONENT)),   'RS256'],
    ['2048 bits after too many zeros',  rsaOf(keyBits(integer(9, 2048), EXPONENT)),   'RS256'],
    ['2047 bits',                       rsaOf(keyBits(integer(0, 2047), EXPONENT)),   undefined],
    ['one bit after 299 zeros',         rsaOf(keyBits(integer(299, 1), EXPONENT)),    undefined],
    ['zeros alone',                     rsaOf(keyBits(element(0x02, Buffer.alloc(300)), EXPONENT)), undefined],
    ['no byte at all',                  rsaOf(keyBits(element(0x02), EXPONENT)),      undefined],
    ['nothing: it is not there',        rsaOf(keyBits()),                             undefined],
    ['nothing: there is no key',        rsaOf(),                                      undefined],
    ['more bytes than there are',       rsaOf(keyBits(Buffer.from([0x02, 0x82, 1, 1, ...Buffer.alloc(256, 255)]))), undefined],
  ])('counts the bits of a modulus of %s', (_, text, algorithm) => {
    expect(parsePem(text)?.algorithm).toBe(algorithm)
  })

  // oxfmt-ignore
  it.each([
    ['nothing',               ''],
    ['a secret',              'secret'],
    ['a private key',         privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['a PKCS#1 key',          createPublicKey(privateKey).export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['text in front',         `x${jwtKey}`],
    ['two keys',              `${jwtKey}${jwtKey}`],
    ['a truncated key',       jwtKey.replace(/(.{80})\n-----END/s, '\n-----END')],
    ['an empty body',         '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----'],
    ['a body that is no DER', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
  ])('refuses %s', (_, text) => {
    expect(parsePem(text)).toBe(null)
  })
})
