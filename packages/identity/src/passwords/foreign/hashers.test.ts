import { readFile } from 'node:fs/promises'

import { describe, expect, it } from 'vitest'

import { createPasswordHasher } from '../hasher.ts'
import { HASHER_NAMES, checkForeign, importDigest, isForeign } from './hashers.ts'

/**
 * Digests that the original programs made: from their documentation and tests where those show one, else
 * made with them (Python's hashlib and Werkzeug, Perl's crypt).
 */
// oxfmt-ignore
const KNOWN: readonly (readonly [hasher: string, password: string, digest: string])[] = [
  ['argon2i',              'password',       '$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG'],
  ['argon2id',             'password',       '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
  ['bcrypt',               'U*U',            '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['bcrypt',               'correct horse',  '$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2'],
  ['bcrypt_sha256_django', 'correct horse',  'bcrypt_sha256$$2b$05$abcdefghijklmnopqrstuuFRrKxBsFtwnfZtmHymgDN/Qb8toxLuK'],
  ['ldap_ssha',            'correct horse',  '{SSHA}r+HHBnNoaZqeDETo1C/nVZtrLNJzZWFzYWx0'],
  ['md5',                  'password',       '5f4dcc3b5aa765d61d8327deb882cf99'],
  ['md5_salted',           'correct horse',  'seasalt$b614725f4cc025a51ab6a354d12890ab'],
  ['md5_salted',           'correct horse',  'seasalt$4238c59606877feceeea79fe36d26f23'],
  ['pbkdf2_sha1',          'correct horse',  'pbkdf2_sha1$1000$seasalt$890be434e175c042f82a187c7a8809f2b5218a93'],
  ['pbkdf2_sha256',        'correct horse',  'pbkdf2_sha256$1000$c2Vhc2FsdA==$mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso='],
  ['pbkdf2_sha256_django', 'l\u00e8tmein',   'pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY='],
  ['pbkdf2_sha512',        'correct horse',  'pbkdf2_sha512$1000$seasalt$081c76ae4a6f8f2100a28a4d56e45958e3b14d3470a15e898eb1c04590265a84467fb06597ff8deadb55ff8816bed775e8d27de0ea55a591e6e3821d32b1542e'],
  ['pbkdf2_sha512_hex',    'correct horse',  'pbkdf2_sha512_hex$1000$73656173616c74$081c76ae4a6f8f2100a28a4d56e45958e3b14d3470a15e898eb1c04590265a84467fb06597ff8deadb55ff8816bed775e8d27de0ea55a591e6e3821d32b1542e'],
  ['phpass',               'test12345',      '$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0'],
  ['md5_phpass',           'test12345',      '$H$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0'],
  ['scrypt_firebase',      'user1password',  'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$42xEC+ixf3L2lw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$Bw==$8$14'],
  ['scrypt_werkzeug',      'correct horse',  'scrypt:32768:8:1$iigVaC1S44iZemEy$fdce8f0a73706f300a9c7eed04183eff916f993092a9fc38e1d8b239bbc43f21a022c0197e0e877337b6c0ee58f65f1abf7796c6f457c93a7f8f3fd9053419e0'],
  ['sha256',               'correct horse',  '4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631'],
  ['sha256_salted',        'correct horse',  'seasalt$0fbd1a7f60f4463cf2c01eb76673cae75eefb5801679676022562d1494601e5b'],
  ['sha512_symfony',       'correct horse',  'sha512_symfony$5000$seasalt$MjzyWc2ykIZzlnqBczhmxdDtDEk2ajbpIAGf4SAqPEQRrmhMEW62hfKVL9L+2FFHKw7ANFoO/8v4oGpWZJaVAA=='],
]

// Those of argon2id are ours already, and checked as ours are.
const FOREIGN = KNOWN.filter(([hasher]) => hasher !== 'argon2id')

describe('a digest from elsewhere', () => {
  it('is known for every hasher there is', () => {
    expect(new Set(KNOWN.map(([hasher]) => hasher))).toEqual(new Set(HASHER_NAMES))
  })

  it.each(FOREIGN)('made by %s is checked: %s', async (hasher, password, digest) => {
    const stored = importDigest(hasher, digest)
    expect(isForeign(stored)).toBe(true)
    expect(await checkForeign(stored, password)).toBe(true)
    expect(await checkForeign(stored, `${password} `)).toBe(false)
    expect(await checkForeign(stored, '')).toBe(false)
  })

  it.each(KNOWN)('made by %s is refused where a part is missing: %s %s', (hasher, _, digest) => {
    const without = digest.includes('$')
      ? digest.slice(0, digest.lastIndexOf('$'))
      : digest.slice(1)
    for (const broken of ['', 'x', without, `${digest}!`, `${digest}$`]) {
      expect(() => importDigest(hasher, broken)).toThrow('Invalid password digest')
    }
  })

  it.each([
    ['bcrypt', '$2b$16$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2'],
    ['bcrypt', '$2b$31$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2'],
    [
      'argon2id',
      '$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    ],
    ['argon2i', '$argon2i$v=19$m=65536,t=999,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b0dWRWJTmaaJObG'],
    ['argon2i', '$argon2i$v=19$m=8,t=1,p=99$c29tZXNhbHQ$RdescudvJCsgt3ub+b0dWRWJTmaaJObG'],
    ['pbkdf2_sha1', 'pbkdf2_sha1$9999999$seasalt$890be434e175c042f82a187c7a8809f2b5218a93'],
    ['pbkdf2_sha512', `pbkdf2_sha512$1000$seasalt$${'08'.repeat(65)}`],
    ['phpass', '$P$zIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0'],
    ['scrypt_werkzeug', `scrypt:1048576:8:1$salt$${'08'.repeat(64)}`],
    ['scrypt_werkzeug', `scrypt:32768:8:99$salt$${'08'.repeat(64)}`],
    ['scrypt_werkzeug', `scrypt:32767:8:1$salt$${'08'.repeat(64)}`],
    ['sha512_symfony', `sha512_symfony$999999$seasalt$${Buffer.alloc(64).toString('base64')}`],
  ])('made by %s is refused where it would keep the server busy: %s', (hasher, digest) => {
    expect(() => importDigest(hasher, digest)).toThrow('Invalid password digest')
  })

  it.each(['', 'rot13', '__proto__', 'constructor', 'awscognito', 'bcrypt_peppered'])(
    'made by %j is refused, whatever it is',
    (hasher) => {
      expect(() => importDigest(hasher, '5f4dcc3b5aa765d61d8327deb882cf99')).toThrow(
        expect.objectContaining({ code: 'form_param_value_invalid', status: 422 }),
      )
    },
  )

  it('may name the length of its key, where that is right', () => {
    const digest = 'pbkdf2_sha1$1000$seasalt$890be434e175c042f82a187c7a8809f2b5218a93'
    expect(importDigest('pbkdf2_sha1', `${digest}$20`)).toBe(`{pbkdf2_sha1}${digest}$20`)
    expect(() => importDigest('pbkdf2_sha1', `${digest}$21`)).toThrow('Invalid password digest')
  })

  it('matches however the letters of the password were composed', async () => {
    const stored = importDigest(
      'pbkdf2_sha256_django',
      'pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=',
    )
    expect(await checkForeign(stored, 'le\u0300tmein')).toBe(true)
    expect(await checkForeign(stored, 'letmein')).toBe(false)
  })

  it('of each kind is on the page about moving in', async () => {
    const page = new URL('../../../../../docs/self-hosting/moving-in.md', import.meta.url)
    const lines = (await readFile(page, 'utf8')).matchAll(
      /^\| `(\w+)` +\|[^|`]*\| `([^`]+)` +\| `([^`]+)` +\|$/gm,
    )
    const shown: string[] = []
    for (const [, hasher = '', digest = '', password = ''] of lines) {
      shown.push(hasher)
      const stored = importDigest(hasher, digest)
      const isRight = isForeign(stored)
        ? await checkForeign(stored, password)
        : await createPasswordHasher().verify(stored, password)
      expect([hasher, isRight]).toEqual([hasher, true])
    }
    expect(shown.toSorted()).toEqual(HASHER_NAMES.toSorted())
  })

  it.each(['{}', '{md5}', '{md5}nonsense', '{constructor}x', '{md5', '{rot13}x'])(
    'that is stored but cannot be read matches nothing: %s',
    async (stored) => {
      expect(await checkForeign(stored, 'password')).toBe(false)
    },
  )
})
