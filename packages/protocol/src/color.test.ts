import { expect, it } from 'vitest'
import { contrastOf, readableOn } from './color.ts'

it.each([
  ['#000000', '#ffffff', 21],
  ['#ffffff', '#000000', 21],
  ['#123456', '#123456', 1],
  ['#767676', '#ffffff', 4.54],
])('the contrast of %s and %s is %d', (a, b, ratio) => {
  expect(contrastOf(a, b)).toBeCloseTo(ratio, 2)
})

it('finds a text colour that can be read on every grey and every bright colour', () => {
  for (let step = 0; step < 256; step++) {
    const hex = step.toString(16).padStart(2, '0')
    for (const color of [`#${hex}${hex}${hex}`, `#${hex}00ff`, `#ff${hex}00`, `#00ff${hex}`]) {
      expect(contrastOf(readableOn(color), color)).toBeGreaterThanOrEqual(4.5)
    }
  }
})
