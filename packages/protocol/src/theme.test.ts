import { describe, expect, it } from 'vitest'
import { contrastOf } from './color.ts'
import { COLORS, themeProperties } from './theme.ts'

const resolve = (general: object) => themeProperties({ general })

const OWN_BACKGROUND = `light-dark(${COLORS.background.join(', ')})`
const OWN_TEXT = `light-dark(${COLORS['muted-foreground'].join(', ')})`

/** Takes `light-dark(a, b)` apart. */
function schemes(value = ''): readonly string[] {
  const [, light = '', dark = ''] = /^light-dark\((#\w{6}), (#\w{6})\)$/.exec(value) ?? []
  return [light, dark]
}

const VALUES = ['00', '33', '66', '99', 'cc', 'ff']
const EVERY = VALUES.flatMap((red) =>
  VALUES.flatMap((green) => VALUES.map((blue) => `#${red}${green}${blue}`)),
)

describe('the theme of an instance', () => {
  it('keeps every primary colour visible in both schemes, with text that can be read on it', () => {
    const failures = EVERY.filter((color) => {
      const theme = resolve({ color })
      const texts = schemes(theme['--_theme-primary-foreground'])
      return schemes(theme['--_theme-primary']).some(
        (primary, scheme) =>
          contrastOf(primary, COLORS.background[scheme] ?? '') < 3 ||
          contrastOf(texts[scheme] ?? '', primary) < 4.5,
      )
    })
    expect(failures).toEqual([])
  })

  it('keeps text readable on every background in both schemes', () => {
    const failures = EVERY.filter((color) => {
      const theme = resolve({ background_color: color })
      const backgrounds = schemes(theme['--_theme-background'] ?? OWN_BACKGROUND)
      return [theme['--_theme-foreground'], theme['--_theme-muted-foreground']].some((text) =>
        schemes(text ?? OWN_TEXT).some(
          (value, scheme) => contrastOf(value, backgrounds[scheme] ?? '') < 4.5,
        ),
      )
    })
    expect(failures).toEqual([])
  })

  it('keeps fields and quiet areas apart from every background, and readable', () => {
    const failures = EVERY.filter((color) => {
      const theme = resolve({ background_color: color })
      const of = (name: keyof typeof COLORS): readonly string[] =>
        `--_theme-${name}` in theme
          ? schemes(theme[`--_theme-${name}` as '--_theme-muted'])
          : COLORS[name]
      return [0, 1].some(
        (scheme) =>
          contrastOf(of('input-border')[scheme] ?? '', of('background')[scheme] ?? '') < 3 ||
          contrastOf(of('input-foreground')[scheme] ?? '', of('input')[scheme] ?? '') < 4.5 ||
          contrastOf(of('muted-foreground')[scheme] ?? '', of('muted')[scheme] ?? '') < 4.5,
      )
    })
    expect(failures).toEqual([])
  })

  it('leaves a colour that can be seen as it was chosen', () => {
    expect(resolve({ color: '#0f766e' })['--_theme-primary']).toContain('light-dark(#0f766e, ')
  })

  it.each([
    undefined,
    null,
    {},
    { general: { color: 'red; --x: url(//evil.example)', border_radius: '1px; color: red' } },
    { general: { color: '#fff', background_color: 7, border_radius: '100vh' } },
  ])('takes nothing else from %o', (theme) => {
    expect(themeProperties(theme)).toEqual({})
  })

  it('says nothing that our own looks do not', () => {
    const general = { color: COLORS.primary[0], background_color: COLORS.background[0] }
    expect(resolve({ ...general, border_radius: '0.25rem' })).toEqual({
      '--_theme-radius': '0.25rem',
    })
  })
})
