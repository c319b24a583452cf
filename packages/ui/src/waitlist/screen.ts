import type { ComponentType } from 'preact'
import type { Screen } from '../screen.ts'
import { FORM_CSS } from '../styles/form.ts'
import { Waitlist } from './waitlist.tsx'

/** What is loaded for `<Waitlist />`. */
export const screen: Screen = {
  Component: Waitlist as ComponentType<object>,
  styles: [FORM_CSS],
}
