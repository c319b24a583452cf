import { readableOn } from '@core/protocol'

import type { Settings } from './settings.ts'

/** Writes the looks of an instance, as browser clients read them. */
export function toThemeJson(settings: Settings): object {
  return {
    buttons: {
      font_color: readableOn(settings.theme_primary_color),
      font_family: 'inherit',
      font_weight: '600',
    },
    general: {
      color: settings.theme_primary_color,
      padding: '1em',
      box_shadow: 'none',
      font_color: readableOn(settings.theme_background_color) === '#000000' ? '#151515' : '#ffffff',
      font_family: 'inherit',
      border_radius: settings.theme_border_radius,
      background_color: settings.theme_background_color,
      label_font_weight: '600',
    },
    accounts: { background_color: '#f2f2f2' },
  }
}
