/** The looks of an instance, as its settings have them: below what a page sets, above our own. */

import { THEME_PROPERTIES, themeProperties, type EnvironmentJSON } from '@core/protocol'

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
  for (const name of THEME_PROPERTIES) {
    const isForeign = name === '--_theme-primary-foreground' && page !== ''
    const value = isForeign ? undefined : properties[name]
    if (value === undefined) element.style.removeProperty(name)
    else element.style.setProperty(name, value)
  }
}
