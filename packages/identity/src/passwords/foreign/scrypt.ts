import { createCipheriv, scrypt, type ScryptOptions } from 'node:crypto'

import { isSame, readBytes } from './bytes.ts'
import type { Layout } from './layout.ts'

/** Blocks times cost: 128 MiB. */
const MAX_MEMORY_BYTES = 128 * 1024 * 1024
/** Four times what is usual. */
const MAX_WORK = 2 ** 20

interface Cost {
  readonly N: number
  readonly r: number
  readonly p: number
}

function isAffordable({ N, r, p }: Cost): boolean {
  return (
    N >= 2 &&
    Number.isInteger(Math.log2(N)) &&
    r >= 1 &&
    p >= 1 &&
    128 * N * r <= MAX_MEMORY_BYTES &&
    N * r * p <= MAX_WORK
  )
}

function derive(password: string, salt: Buffer, length: number, cost: Cost): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 2 * MAX_MEMORY_BYTES }
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, options, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}

/** `scrypt:N:r:p$salt$hash`: the salt is text, the hash hexadecimal. */
export const werkzeugScrypt: Layout = (digest) => {
  const [, N, r, p, salt = '', hashText = ''] =
    /^scrypt:(\d{1,7}):(\d{1,3}):(\d{1,3})\$([^$]+)\$([^$]+)$/.exec(digest) ?? []
  const cost = { N: Number(N), r: Number(r), p: Number(p) }
  const hash = readBytes(hashText, 'hex')
  if (hash?.length !== 64 || !isAffordable(cost)) return null
  return async (password) => isSame(await derive(password, Buffer.from(salt), 64, cost), hash)
}

/**
 * `hash$salt$signerkey$saltsep$rounds$memcost`: the key that scrypt derives encrypts the project's signer key,
 * and the outcome is the hash.
 */
export const firebaseScrypt: Layout = (digest) => {
  const parts = digest.split('$')
  const [hash, salt, signerKey, separator] = parts
    .slice(0, 4)
    .map((part) => readBytes(part, 'base64'))
  const [rounds = '', memoryCost = ''] = parts.slice(4)
  if (parts.length !== 6 || !/^\d{1,2}$/.test(rounds) || !/^\d{1,2}$/.test(memoryCost)) return null
  if (!hash || !salt || !signerKey || !separator || hash.length !== signerKey.length) return null
  const cost = { N: 2 ** Number(memoryCost), r: Number(rounds), p: 1 }
  if (!isAffordable(cost) || hash.length < 16) return null
  return async (password) => {
    const key = await derive(password, Buffer.concat([salt, separator]), 32, cost)
    const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
    return isSame(Buffer.concat([cipher.update(signerKey), cipher.final()]), hash)
  }
}
