import { describe, expect, it } from 'vitest'

import { createBatch } from './batch.ts'

/** A statement whose answers come when the test says so. */
function openStatements() {
  const asked: {
    readonly keys: readonly string[]
    readonly answer: () => void
    readonly fail: () => void
  }[] = []
  const ask = createBatch<string, string>(
    (keys) =>
      new Promise((resolve, reject) => {
        asked.push({
          keys,
          answer: () => resolve(keys.map((key) => key.toUpperCase())),
          fail: () => reject(new Error('The database is away.')),
        })
      }),
  )
  return { ask, asked }
}

/** Lets the event loop turn, so that what is planned happens. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('questions to the database', () => {
  it('share a statement if they are put in one turn of the event loop, and get their own answers', async () => {
    const { ask, asked } = openStatements()
    const answers = Promise.all([ask('a'), ask('b'), ask('c')])
    await turn()
    expect(asked.map(({ keys }) => keys)).toEqual([['a', 'b', 'c']])
    asked[0]?.answer()
    expect(await answers).toEqual(['A', 'B', 'C'])
  })

  it('are never answered by a statement that began before', async () => {
    const { ask, asked } = openStatements()
    const first = ask('a')
    await turn()
    const second = ask('a')
    await turn()
    expect(asked).toHaveLength(2)
    asked[1]?.answer()
    expect(await second).toBe('A')
    asked[0]?.answer()
    expect(await first).toBe('A')
  })

  it('wait and are asked together while two statements are under way', async () => {
    const { ask, asked } = openStatements()
    const early = [ask('a')]
    await turn()
    early.push(ask('b'))
    await turn()
    const late = [ask('c'), ask('d')]
    await turn()
    expect(asked).toHaveLength(2)
    asked[0]?.answer()
    await early[0]
    await turn()
    expect(asked[2]?.keys).toEqual(['c', 'd'])
    for (const { answer } of asked) answer()
    expect(await Promise.all([...early, ...late])).toEqual(['A', 'B', 'C', 'D'])
  })

  it('fail together, and the next ones are asked again', async () => {
    const { ask, asked } = openStatements()
    const failing = [ask('a'), ask('b')]
    await turn()
    asked[0]?.fail()
    for (const question of failing) await expect(question).rejects.toThrow('The database is away.')
    const next = ask('c')
    await turn()
    asked[1]?.answer()
    expect(await next).toBe('C')
  })

  it('are put into statements of a hundred at most', async () => {
    const { ask, asked } = openStatements()
    const answers = Promise.all(Array.from({ length: 150 }, (_, n) => ask(`q${n}`)))
    await turn()
    await turn()
    expect(asked.map(({ keys }) => keys.length)).toEqual([100, 50])
    for (const { answer } of asked) answer()
    expect((await answers).at(-1)).toBe('Q149')
  })
})
