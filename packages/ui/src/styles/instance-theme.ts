/** The looks of an instance, as its settings have them: below what a page sets, above our own. */

import { contrastOf, readableOn, type EnvironmentJSON } from '@core/protocol'
import { COLORS } from './theme.ts'

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

const NAMES = [
  '--_theme-primary',
  '--_theme-primary-foreground',
  '--_theme-background',
  '--_theme-foreground',
  '--_theme-muted-foreground',
  '--_theme-radius',
  '--_theme-scheme',
] as const

/**
 * Sets the custom properties of an instance's theme, and removes those that it does not have. Call it after `applyAppearance`: the text
 * on a primary colour is the theme's only where the primary colour is.
 */
export function applyInstanceTheme(
  element: HTMLElement,
  environment: EnvironmentJSON | null,
): void {
  const properties = themeProperties(environment?.display_config['theme'])
  const page = getComputedStyle(element).getPropertyValue('--core-color-primary')
  for (const name of NAMES) {
    const isForeign = name === '--_theme-primary-foreground' && page !== ''
    const value = isForeign ? undefined : properties[name]
    if (value === undefined) element.style.removeProperty(name)
    else element.style.setProperty(name, value)
  }
}

/**
 * Resolves a theme for both colour schemes. What cannot be read is mended: a primary colour that is lost on its background becomes
 * lighter or darker, and text turns black or white. A value that is none of ours is left out.
 */
export function themeProperties(theme: unknown): Partial<Record<(typeof NAMES)[number], string>> {
  const { color, background_color, border_radius } = (theme as ThemeJSON | undefined)?.general ?? {}
  const own = isColor(background_color) ? background_color : COLORS.background[0]
  // A light background is for the light scheme; a dark one is right in both.
  const isDark = contrastOf(own, '#ffffff') > contrastOf(own, '#000000')
  const backgrounds = [own, isDark ? own : COLORS.background[1]] as const
  const text = (name: 'foreground' | 'muted-foreground'): string =>
    pair((scheme) => legible(COLORS[name][isDark ? 1 : scheme], backgrounds[scheme]))
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
      '--_theme-foreground': text('foreground'),
      '--_theme-muted-foreground': text('muted-foreground'),
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

function mix(from: string, to: string, share: number): string {
  const channels = [1, 3, 5].map((start) => {
    const [a = 0, b = 0] = [from, to].map((hex) => Number.parseInt(hex.slice(start, start + 2), 16))
    return Math.round(a + (b - a) * share)
      .toString(16)
      .padStart(2, '0')
  })
  return `#${channels.join('')}`
}
