import type { ComponentName } from '@core/js'
import type { Screen } from './screen.ts'

/** Loads each component when a page first asks for it. */
export const SCREENS: { readonly [K in ComponentName]: () => Promise<Screen> } = {
  SignIn: async () => (await import('./sign-in/screen.ts')).screen,
  SignUp: async () => (await import('./sign-up/screen.ts')).screen,
  UserButton: async () => (await import('./user-button/screen.ts')).screen,
}
