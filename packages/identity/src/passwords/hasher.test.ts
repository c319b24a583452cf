import { describe, expect, it } from 'vitest'

import { createPasswordHasher } from './hasher.ts'

const CHEAP = { memoryCost: 64, timeCost: 1, parallelism: 1 }

describe('a password hasher', () => {
  it('hashes with argon2id at the recommended cost', async () => {
    const digest = await createPasswordHasher().hash('correct horse')
    expect(digest).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('knows a password however its letters were composed', async () => {
    const hasher = createPasswordHasher({ cost: CHEAP })
    const digest = await hasher.hash('cafe\u0301 au lait')
    expect(await hasher.verify(digest, 'caf\u00e9 au lait')).toBe(true)
    expect(await hasher.verify(digest, 'cafe au lait')).toBe(false)
  })

  it('takes all of a long password into account', async () => {
    const hasher = createPasswordHasher({ cost: CHEAP })
    const digest = await hasher.hash(`${'x'.repeat(72)}a`)
    expect(await hasher.verify(digest, `${'x'.repeat(72)}b`)).toBe(false)
  })

  it.each([null, '', 'nonsense', '$argon2id$v=19$broken'])(
    'says no to the digest %s, without failing',
    async (digest) => {
      const hasher = createPasswordHasher({ cost: CHEAP })
      expect(await hasher.verify(digest, 'correct horse')).toBe(false)
    },
  )

  it('refuses work beyond its queue at once, and takes work again later', async () => {
    const hasher = createPasswordHasher({ cost: CHEAP, concurrency: 1, maxQueued: 2 })
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => hasher.hash('correct horse')),
    )
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused).toHaveLength(7)
    expect(refused[0]?.reason).toMatchObject({ status: 503, retryAfter: 1 })
    await expect(hasher.hash('correct horse')).resolves.toBeTypeOf('string')
  })
})
