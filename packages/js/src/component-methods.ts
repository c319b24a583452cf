import type { UiHost } from './ui-host.ts'
import { COMPONENTS, type ComponentName } from './ui-module.ts'

/** Components that have no dialog of their own: they open something themselves. */
type Opener = 'UserButton' | 'OrganizationSwitcher'

type Mount = (node: HTMLElement, props?: object) => void

/** Methods by which a page shows and hides the prebuilt components: four for each. */
export type ComponentMethods = {
  /** Draws the component into a node. Waits for `load()` where needed. */
  readonly [K in ComponentName as `mount${K}`]: Mount
} & {
  readonly [K in ComponentName as `unmount${K}`]: (node: HTMLElement) => void
} & {
  /** Opens the component in a dialog. */
  readonly [K in Exclude<ComponentName, Opener> as `open${K}`]: (props?: object) => void
} & {
  readonly [K in Exclude<ComponentName, Opener> as `close${K}`]: () => void
}

/** Makes the methods, each of which can be taken off the client. */
export function createComponentMethods<C>(ui: UiHost<C>): ComponentMethods {
  const methods: Record<string, unknown> = {}
  for (const name of COMPONENTS) {
    methods[`mount${name}`] = (node: HTMLElement, props?: object) => ui.show(name, node, props)
    methods[`unmount${name}`] = (node: HTMLElement) => ui.remove(node)
    methods[`open${name}`] = (props?: object) => ui.show(name, name, props)
    methods[`close${name}`] = () => ui.remove(name)
  }
  return methods as ComponentMethods
}
