import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { createIssuer } from '../../test/issuer.ts'
import { NO_KEYS, createPemSource } from './key-source.ts'
import { parsePem } from './pem.ts'

const { jwtKey } = await createIssuer()

function sourceOf(text: string): ReturnType<typeof createPemSource> {
  const pem = parsePem(text)
  if (pem === null) throw new Error('The key of the test is not valid')
  return createPemSource(pem)
}

it('has one key for every token, whatever key id it names', async () => {
  const source = sourceOf(jwtKey)
  const key = await source.find('ins_a')
  expect(key).toHaveProperty('algorithm', 'RS256')
  expect(await source.find('other')).toBe(key)
  expect(await source.find(undefined)).toBe(key)
})

it('has no key where the PEM holds none that can be used, and does not throw', async () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const der = publicKey.export({ type: 'spki', format: 'der' })
  // A point beside the curve.
  der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1)
  const text = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----`
  expect(await sourceOf(text).find('ins_a')).toBe('jwk-failed-to-resolve')
})

it('has no key where neither kind was given', async () => {
  expect(await NO_KEYS.find('ins_a')).toBe('jwk-failed-to-resolve')
})
