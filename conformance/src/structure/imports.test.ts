import { describe, expect, it } from 'vitest'

import { cyclesOf } from './imports.ts'

const file = (path: string, ...imports: string[]) => ({ path, imports })

describe('cyclesOf', () => {
  it('finds a cycle through several files', () => {
    const files = [file('a/x.ts', './y.ts'), file('a/y.ts', './z.ts'), file('a/z.ts', './x.ts')]
    expect(cyclesOf(files)).toEqual([['a/x.ts', 'a/y.ts', 'a/z.ts', 'a/x.ts']])
  })

  it('finds a file that imports itself', () => {
    expect(cyclesOf([file('a/x.ts', './x.ts')])).toEqual([['a/x.ts', 'a/x.ts']])
  })

  it('accepts a diamond, which is no cycle', () => {
    const files = [
      file('a/x.ts', './y.ts', './z.ts'),
      file('a/y.ts', './w.ts'),
      file('a/z.ts', './w.ts'),
      file('a/w.ts', 'jose'),
    ]
    expect(cyclesOf(files)).toEqual([])
  })
})
