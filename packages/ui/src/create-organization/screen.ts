import type { ComponentType } from 'preact'
import type { Screen } from '../screen.ts'
import { ACCOUNT_CSS } from '../styles/account.ts'
import { AVATAR_CSS } from '../styles/avatar.ts'
import { FORM_CSS } from '../styles/form.ts'
import { MODAL_CSS } from '../styles/modal.ts'
import { CreateOrganization } from './create-organization.tsx'

/** What is loaded for `<CreateOrganization />`. */
export const screen: Screen = {
  Component: CreateOrganization as ComponentType<object>,
  styles: [FORM_CSS, MODAL_CSS, AVATAR_CSS, ACCOUNT_CSS],
}
