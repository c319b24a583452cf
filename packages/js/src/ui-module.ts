/** Prebuilt components. */
export const COMPONENTS = [
  'SignIn',
  'SignUp',
  'UserButton',
  'UserProfile',
  'OrganizationProfile',
  'OrganizationSwitcher',
  'OrganizationList',
  'CreateOrganization',
  'Waitlist',
] as const

/** Name of a prebuilt component. */
export type ComponentName = (typeof COMPONENTS)[number]

/**
 * What the bundle of prebuilt components exports. Loaded when the first one is asked for.
 *
 * `C` is the client; it is named where it is defined, so that this file needs none.
 */
export interface ComponentModule<C> {
  /** Draws a component into a node of the page. */
  mount(component: ComponentName, node: HTMLElement, props: object, clerk: C): MountedComponent
  /** Draws a component in a dialog above the page. */
  openModal(component: ComponentName, props: object, clerk: C): MountedComponent
}

/** A component on the page. */
export interface MountedComponent {
  update(props: object): void
  unmount(): void
}
