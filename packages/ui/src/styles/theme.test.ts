import { contrastOf } from '@core/protocol'
import { describe, expect, it } from 'vitest'
import { COLORS, type ColorName } from '@core/protocol'

/** Least contrast of WCAG 2.2 AA: text 4.5, boundaries of controls and focus 3. */
// oxfmt-ignore
const PAIRS: readonly (readonly [ColorName, on: ColorName, least: number])[] = [
  ['foreground',       'background',        7],
  ['foreground',       'muted',             7],
  ['muted-foreground', 'background',        4.5],
  ['muted-foreground', 'muted',             4.5],
  ['muted-foreground', 'input',             4.5],
  ['input-foreground', 'input',             7],
  ['danger',           'background',        4.5],
  ['danger',           'danger-background', 4.5],
  ['input-border',     'background',        3],
  ['input-border',     'input',             3],
  ['ring',             'background',        3],
  ['ring',             'muted',             3],
  ['primary',          'background',        3],
]

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('in %s', (_, scheme) => {
  it.each(PAIRS)('%s on %s has a contrast of at least %d', (color, background, least) => {
    const ratio = contrastOf(COLORS[color][scheme], COLORS[background][scheme])
    expect(ratio).toBeGreaterThanOrEqual(least)
  })
})

it('the text on the primary colour is white in light and black in dark, and can be read', () => {
  expect(contrastOf('#ffffff', COLORS.primary[0])).toBeGreaterThanOrEqual(4.5)
  expect(contrastOf('#000000', COLORS.primary[1])).toBeGreaterThanOrEqual(4.5)
})
