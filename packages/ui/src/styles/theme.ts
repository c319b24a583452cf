import { COLORS } from '@core/protocol'

/** Text on the primary colour, whichever that is: white on dark ones, black on light ones. */
const PRIMARY_FOREGROUND =
  'var(--core-color-primary-foreground, var(--_theme-primary-foreground, oklch(from var(--_primary) clamp(0, (.6 - l) * 999, 1) 0 0)))'

const palette = Object.entries(COLORS)
  .map(
    ([name, [light, dark]]) =>
      `--_${name}: var(--core-color-${name}, var(--_theme-${name}, light-dark(${light}, ${dark})));`,
  )
  .join('\n  ')

/**
 * Variables and resets that every component stands on.
 *
 * `--core-color-scheme` (`light`, `dark`, default `light dark` = the visitor's preference) lets a page with its
 * own switch decide.
 */
export const THEME_CSS: string = `
.core-root {
  color-scheme: var(--core-color-scheme, var(--_theme-scheme, light dark));
  ${palette}
  --_primary-foreground: ${PRIMARY_FOREGROUND};
  --_shadow: light-dark(rgb(20 24 33 / .07), rgb(0 0 0 / .4));
  --_radius: var(--core-radius, var(--_theme-radius, .5rem));
  --_font: var(--core-font-family, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif);
  --_size: var(--core-font-size, .9375rem);
  font: 400 var(--_size)/1.45 var(--_font);
  letter-spacing: normal;
  text-align: start;
  -webkit-font-smoothing: antialiased;
  -webkit-tap-highlight-color: transparent;
}
.core-root, .core-root *, .core-root *::before, .core-root *::after { box-sizing: border-box; }
.core-root [hidden] { display: none; }
.core-root :focus-visible { outline: 2px solid var(--_ring); outline-offset: 2px; }
/* Empty live regions stay in the accessibility tree, so that what appears in them is announced. */
.core-hidden, .core-root .core-alert:empty, .core-root .core-status:empty, .core-root .core-formFieldErrorText:empty {
  position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; border: 0;
}
.core-link {
  display: inline-flex; align-items: center; min-height: 1.625rem; margin: 0; padding: 0; border: 0; border-radius: .25rem;
  background: none; color: var(--_foreground); font: 550 1em/1.4 var(--_font); text-decoration: none; cursor: pointer;
}
.core-link:hover { text-decoration: underline; text-underline-offset: .2em; }
.core-link[aria-disabled="true"] { color: var(--_muted-foreground); font-weight: 400; cursor: default; text-decoration: none; }
@keyframes core-enter { from { opacity: 0; transform: translateY(.25rem); } }
@keyframes core-turn { to { rotate: 1turn; } }
@media (prefers-reduced-motion: reduce) {
  .core-root *, .core-root *::before, .core-root *::after, .core-root::backdrop {
    animation-duration: .01ms !important; animation-iteration-count: 1 !important; transition-duration: .01ms !important;
  }
  .core-spinner { animation: core-turn 2s linear infinite !important; }
}
`
