/** Colours of the components and of the server's own pages, and what an instance makes of them. */

import { contrastOf, readableOn } from './color.ts'

/** Name of a colour that a page may set as `--core-color-<name>`. */
export type ColorName =
  | 'primary'
  | 'foreground'
  | 'muted-foreground'
  | 'background'
  | 'muted'
  | 'input'
  | 'input-foreground'
  | 'input-border'
  | 'border'
  | 'ring'
  | 'danger'
  | 'danger-background'

/**
 * Colours as pairs of light and dark, so that a test can measure their contrast.
 *
 * Each is the default of a public custom property: `primary` of `--core-color-primary`, and so on.
 */
export const COLORS: Readonly<Record<ColorName, readonly [light: string, dark: string]>> = {
  primary: ['#1b1d22', '#f4f5f7'],
  foreground: ['#16181d', '#f1f2f5'],
  'muted-foreground': ['#5a616d', '#a4abb7'],
  background: ['#ffffff', '#17181c'],
  muted: ['#f6f7f8', '#1e2025'],
  input: ['#ffffff', '#101115'],
  'input-foreground': ['#16181d', '#f1f2f5'],
  'input-border': ['#868d99', '#70777f'],
  border: ['#e4e6ea', '#2c2f36'],
  ring: ['#2f62e8', '#86a8ff'],
  danger: ['#bf2a1f', '#ff9389'],
  'danger-background': ['#fdf1f0', '#2b1918'],
}

/** What is read of `display_config.theme`. */
interface ThemeJSON {
  readonly general?: {
    readonly color?: unknown
    readonly background_color?: unknown
    readonly border_radius?: unknown
  }
}

type Scheme = 0 | 1

/** Least contrast of a button with what it stands on, and of text (WCAG 2.2 AA). */
const LEAST = { control: 3, text: 4.5 } as const

const COLOR = /^#[0-9a-f]{6}$/i
const LENGTH = /^\d{1,2}(?:\.\d{1,3})?(?:px|rem|em)$/

/** Names of the custom properties that a theme may set. */
export const THEME_PROPERTIES = [
  '--_theme-primary',
  '--_theme-primary-foreground',
  '--_theme-background',
  '--_theme-foreground',
  '--_theme-muted-foreground',
  '--_theme-muted',
  '--_theme-border',
  '--_theme-input',
  '--_theme-input-foreground',
  '--_theme-input-border',
  '--_theme-radius',
  '--_theme-scheme',
] as const

/**
 * Resolves a theme for both colour schemes. What cannot be read is mended: a primary colour that is lost on its background becomes
 * lighter or darker, and text turns black or white. A value that is none of ours is left out.
 */
export function themeProperties(
  theme: unknown,
): Partial<Record<(typeof THEME_PROPERTIES)[number], string>> {
  const { color, background_color, border_radius } = (theme as ThemeJSON | undefined)?.general ?? {}
  const own = isColor(background_color) ? background_color : COLORS.background[0]
  // A light background is for the light scheme; a dark one is right in both.
  const isDark = contrastOf(own, '#ffffff') > contrastOf(own, '#000000')
  const backgrounds = [own, isDark ? own : COLORS.background[1]] as const
  const text = (name: 'foreground' | 'muted-foreground') => (scheme: Scheme) =>
    legible(COLORS[name][isDark ? 1 : scheme], backgrounds[scheme])
  /** A colour that is made of the background where that is not ours. */
  const shade = (name: ColorName, make: (background: string, scheme: Scheme) => string): string =>
    pair((scheme) => {
      const background = backgrounds[scheme]
      return background === COLORS.background[scheme]
        ? COLORS[name][scheme]
        : make(background, scheme)
    })
  const hasOwnPrimary = isColor(color) && color !== COLORS.primary[0]
  const hasOwnBackground = own !== COLORS.background[0]
  const primary = (scheme: Scheme): string =>
    visible(hasOwnPrimary ? color : COLORS.primary[isDark ? 1 : scheme], backgrounds[scheme])

  return {
    ...((hasOwnPrimary || hasOwnBackground) && {
      '--_theme-primary': pair(primary),
      '--_theme-primary-foreground': pair((scheme) => readableOn(primary(scheme))),
    }),
    ...(hasOwnBackground && {
      '--_theme-background': pair((scheme) => backgrounds[scheme]),
      '--_theme-foreground': pair(text('foreground')),
      '--_theme-muted-foreground': pair(text('muted-foreground')),
      '--_theme-muted': shade('muted', (background, scheme) => {
        const tint = towardsText(background, 0.04)
        return contrastOf(text('muted-foreground')(scheme), tint) >= LEAST.text ? tint : background
      }),
      '--_theme-border': shade('border', (background) => towardsText(background, 0.12)),
      '--_theme-input': shade('input', (background) => background),
      '--_theme-input-foreground': pair(text('foreground')),
      '--_theme-input-border': shade('input-border', (background) =>
        visible(towardsText(background, 0.4), background),
      ),
    }),
    ...(isDark && { '--_theme-scheme': 'dark' }),
    ...(typeof border_radius === 'string' &&
      LENGTH.test(border_radius) && { '--_theme-radius': border_radius }),
  }
}

function pair(pick: (scheme: Scheme) => string): string {
  return `light-dark(${pick(0)}, ${pick(1)})`
}

function isColor(value: unknown): value is string {
  return typeof value === 'string' && COLOR.test(value)
}

function legible(color: string, background: string): string {
  return contrastOf(color, background) >= LEAST.text ? color : readableOn(background)
}

/** Moves a colour towards black or white until it can be told from its background. */
function visible(color: string, background: string): string {
  const goal = readableOn(background)
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(color, goal, share)
    if (contrastOf(mixed, background) >= LEAST.control) return mixed
  }
  return goal
}

function towardsText(background: string, share: number): string {
  return mix(background, readableOn(background), share)
}

function mix(from: string, to: string, share: number): string {
  const channels = [1, 3, 5].map((start) => {
    const [a = 0, b = 0] = [from, to].map((hex) => Number.parseInt(hex.slice(start, start + 2), 16))
    return Math.round(a + (b - a) * share)
      .toString(16)
      .padStart(2, '0')
  })
  return `#${channels.join('')}`
}
