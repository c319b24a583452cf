import type { ComponentName } from '@core/js'
import type { Screen } from './screen.ts'

/** Loads each component when a page first asks for it. */
export const SCREENS: { readonly [K in ComponentName]: () => Promise<Screen> } = {
  SignIn: async () => (await import('./sign-in/screen.ts')).screen,
  SignUp: async () => (await import('./sign-up/screen.ts')).screen,
  UserButton: async () => (await import('./user-button/screen.ts')).screen,
  UserProfile: async () => (await import('./user-profile/screen.ts')).screen,
  OrganizationProfile: async () => (await import('./organization-profile/screen.ts')).screen,
  OrganizationSwitcher: async () => (await import('./organization-switcher/screen.ts')).screen,
  OrganizationList: async () => (await import('./organization-list/screen.ts')).screen,
  CreateOrganization: async () => (await import('./create-organization/screen.ts')).screen,
  Waitlist: async () => (await import('./waitlist/screen.ts')).screen,
}
