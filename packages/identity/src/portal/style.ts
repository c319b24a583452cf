import { COLORS, readableOn, themeProperties } from '@core/protocol'

import type { Instance } from '../instances/instance.ts'
import { toThemeJson } from '../instances/theme.ts'

const PALETTE = Object.entries(COLORS).map(
  ([name, [light, dark]]) => `--_${name}: var(--_theme-${name}, light-dark(${light}, ${dark}));`,
)
const [ON_LIGHT, ON_DARK] = COLORS.primary.map(readableOn)

/** What the server's own pages share with the components, which bring the rest themselves. */
const RULES = `
body { margin: 0; min-height: 100dvh; background: light-dark(#f3f4f6, #0c0d10); color: var(--_foreground); font: 400 .9375rem/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif; -webkit-font-smoothing: antialiased; }
main { box-sizing: border-box; max-width: 40rem; margin: 0 auto; padding: clamp(1rem, min(12dvh, 12vw), 7.5rem) 1rem 2rem; }
main[data-size="small"] { max-width: 27.5rem; }
.card { padding: 2rem 2.25rem; border: 1px solid var(--_border); border-radius: calc(var(--_radius) * 1.75); background: var(--_background); box-shadow: 0 1px 2px var(--_shadow), 0 12px 32px -12px var(--_shadow); overflow-wrap: anywhere; }
.card > :first-child { margin-top: 0; }
.card > :last-child { margin-bottom: 0; }
.card + .card { margin-top: 1rem; }
.logo { display: block; height: 2rem; max-width: 100%; margin-bottom: 1rem; object-fit: contain; object-position: left; }
h1, h2 { margin: 0 0 .5rem; line-height: 1.25; letter-spacing: -.017em; text-wrap: balance; }
h1 { font-size: 1.375rem; font-weight: 620; }
h2 { font-size: 1rem; font-weight: 600; }
p { margin: 0 0 1rem; text-wrap: pretty; }
.muted { color: var(--_muted-foreground); }
a { color: inherit; text-decoration-color: var(--_input-border); text-underline-offset: .2em; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--_ring); outline-offset: 2px; }
.button {
  display: flex; align-items: center; justify-content: center; box-sizing: border-box; width: 100%; min-height: 2.625rem; margin: 0; padding: .5rem 1rem; border: 0; border-radius: var(--_radius);
  background: var(--_primary); color: var(--_primary-foreground); font: inherit; font-weight: 550; text-decoration: none; cursor: pointer;
}
.button:hover { background: color-mix(in oklab, var(--_primary) 88%, var(--_background)); }
form { display: grid; gap: 1rem; margin: 0 0 1rem; }
label { display: grid; gap: .375rem; font-size: .9333em; font-weight: 530; }
input { box-sizing: border-box; width: 100%; height: 2.625rem; padding: 0 .75rem; border: 1px solid var(--_input-border); border-radius: var(--_radius); background: var(--_input); color: var(--_input-foreground); font: inherit; }
input[aria-invalid="true"] { border-color: var(--_danger); }
[role="alert"] { margin: 0; color: var(--_danger); }
.links { display: grid; gap: .5rem; margin: 0 0 1.5rem; padding: 0; list-style: none; }
.links a { display: block; padding: .625rem .875rem; border: 1px solid var(--_border); border-radius: var(--_radius); font-weight: 500; text-decoration: none; }
.links a:hover { background: var(--_muted); }
.mails { display: grid; gap: 1rem; margin: 0; padding: 0; list-style: none; }
pre { margin: 0 0 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font: .8667rem/1.5 ui-monospace, monospace; }
code { overflow-wrap: anywhere; font: .9em ui-monospace, monospace; }
@media (max-width: 26rem) { .card { padding: 1.5rem 1.375rem; } }
@media (forced-colors: active) { .card, .button { border: 1px solid; } }
`

/** Writes the style of the server's own pages, in the looks of an instance. */
export function styleOf({ settings }: Instance): string {
  const theme = Object.entries(themeProperties(toThemeJson(settings))).map(
    ([name, value]) => `${name}: ${value};`,
  )
  const derived = [
    'color-scheme: var(--_theme-scheme, light dark);',
    `--_primary-foreground: var(--_theme-primary-foreground, light-dark(${ON_LIGHT}, ${ON_DARK}));`,
    '--_shadow: light-dark(rgb(20 24 33 / .07), rgb(0 0 0 / .4));',
    '--_radius: var(--_theme-radius, .5rem);',
  ]
  return `:root {\n${[...theme, ...PALETTE, ...derived].map((line) => `  ${line}\n`).join('')}}${RULES}`
}
