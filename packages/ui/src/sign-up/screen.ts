import type { ComponentType } from 'preact'
import type { Screen } from '../screen.ts'
import { FORM_CSS } from '../styles/form.ts'
import { SignUp } from './sign-up.tsx'

/** What is loaded for `<SignUp />`. */
export const screen: Screen = {
  Component: SignUp as ComponentType<object>,
  styles: [FORM_CSS],
}
