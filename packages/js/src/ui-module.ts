import type { Clerk } from './clerk.ts'

/** Prebuilt components. */
export type ComponentName = 'SignIn' | 'SignUp' | 'UserButton'

/** What the bundle of prebuilt components exports. Loaded when the first one is asked for. */
export interface UiModule {
  /** Draws a component into a node of the page. */
  mount(component: ComponentName, node: HTMLElement, props: object, clerk: Clerk): MountedComponent
  /** Draws a component in a dialog above the page. */
  openModal(component: ComponentName, props: object, clerk: Clerk): MountedComponent
}

/** A component on the page. */
export interface MountedComponent {
  update(props: object): void
  unmount(): void
}
