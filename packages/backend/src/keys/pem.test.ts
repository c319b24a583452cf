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
