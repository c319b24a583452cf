import type { ComponentType } from 'preact'
import type { Screen } from '../screen.ts'
import { ACCOUNT_CSS } from '../styles/account.ts'
import { AVATAR_CSS } from '../styles/avatar.ts'
import { FORM_CSS } from '../styles/form.ts'
import { MODAL_CSS } from '../styles/modal.ts'
import { OrganizationProfile } from './organization-profile.tsx'

/** What is loaded for `<OrganizationProfile />`. */
export const screen: Screen = {
  Component: OrganizationProfile as ComponentType<object>,
  styles: [FORM_CSS, MODAL_CSS, AVATAR_CSS, ACCOUNT_CSS],
}
