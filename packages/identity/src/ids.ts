import { randomFillSync } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Kinds of ids: what stands before the underscore. */
export type IdPrefix =
  | 'act'
  | 'alid'
  | 'app'
  | 'audit'
  | 'blid'
  | 'client'
  | 'dmn'
  | 'idn'
  | 'img'
  | 'ins'
  | 'inv'
  | 'jtmp'
  | 'mail'
  | 'org'
  | 'orgdmn'
  | 'orginv'
  | 'orgmem'
  | 'orgreq'
  | 'orgsug'
  | 'perm'
  | 'role'
  | 'ru'
  | 'sess'
  | 'sia'
  | 'sit'
  | 'sua'
  | 'user'
  | 'ver'
  | 'wle'

/**
 * Creates an id: a prefix and 27 base-62 characters, of which the first ones count seconds, so that
 * ids of one kind sort by age and new rows land at one end of their index. 128 bits are random.
 */
export function newId(prefix: IdPrefix, now: number): string {
  const seconds = BigInt(Math.floor(now / 1000)) & 0xffffffffn
  let value = (seconds << 128n) | BigInt(`0x${nextRandom().toString('hex')}`)
  let text = ''
  for (let i = 0; i < 27; i++) {
    text = ALPHABET.charAt(Number(value % 62n)) + text
    value /= 62n
  }
  return `${prefix}_${text}`
}

/** Drawn ahead, for many ids: asking for random bytes takes longer than writing an id. */
const ahead = Buffer.alloc(4096)
const BYTES = 16
let used = ahead.length

function nextRandom(): Buffer {
  if (used === ahead.length) {
    randomFillSync(ahead)
    used = 0
  }
  const bytes = ahead.subarray(used, used + BYTES)
  used += BYTES
  return bytes
}
