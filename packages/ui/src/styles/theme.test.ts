import { describe, expect, it } from 'vitest'
import { COLORS, type ColorName } from './theme.ts'

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
    const ratio = contrast(COLORS[color][scheme], COLORS[background][scheme])
    expect(ratio).toBeGreaterThanOrEqual(least)
  })
})

it('the text on the primary colour is white in light and black in dark, and can be read', () => {
  expect(contrast('#ffffff', COLORS.primary[0])).toBeGreaterThanOrEqual(4.5)
  expect(contrast('#000000', COLORS.primary[1])).toBeGreaterThanOrEqual(4.5)
})

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
