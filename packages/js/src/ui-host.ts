/** Keeps account of the prebuilt components on the page; draws them once everything is there. */

import { ClerkRuntimeError } from './errors.ts'
import type { Platform } from './platform.ts'
import type { ComponentModule, ComponentName, MountedComponent } from './ui-module.ts'

/** Where a component is: a node of the page, or the dialog of its name. */
type Spot = HTMLElement | ComponentName

interface Place {
  readonly component: ComponentName
  props: object
  drawn?: MountedComponent
}

export interface UiHostContext<C> {
  readonly clerk: C
  readonly platform: Platform
  readonly whenLoaded: Promise<void>
  readonly loadUi: (() => Promise<ComponentModule<C>>) | undefined
}

export class UiHost<C> {
  readonly #context: UiHostContext<C>
  readonly #places = new Map<Spot, Place>()
  #module: Promise<ComponentModule<C>> | undefined

  constructor(context: UiHostContext<C>) {
    this.#context = context
  }

  /** Draws a component, or hands new properties to the one that is there. */
  show(component: ComponentName, spot: Spot, props: object = {}): void {
    const known = this.#places.get(spot)
    if (known?.component === component) {
      known.props = props
      known.drawn?.update(props)
      return
    }
    this.remove(spot)
    const place: Place = { component, props }
    this.#places.set(spot, place)
    void this.#draw(spot, place)
  }

  remove(spot: Spot): void {
    this.#places.get(spot)?.drawn?.unmount()
    this.#places.delete(spot)
  }

  /** Draws every component again, after something that is not among its properties has changed. */
  redraw(): void {
    for (const { drawn, props } of this.#places.values()) drawn?.update(props)
  }

  async #draw(spot: Spot, place: Place): Promise<void> {
    const { clerk, platform } = this.#context
    const { component } = place
    // It may be gone again by the time the bundle is here.
    const isWanted = (): boolean => this.#places.get(spot) === place
    try {
      const ui = await this.#load()
      if (!isWanted()) return
      place.drawn =
        typeof spot === 'string'
          ? ui.openModal(component, place.props, clerk)
          : ui.mount(component, spot, place.props, clerk)
    } catch (error) {
      if (isWanted()) this.#places.delete(spot)
      platform.warn(`<${component} /> cannot be shown. ${String(error)}`)
    }
  }

  async #load(): Promise<ComponentModule<C>> {
    const { loadUi, whenLoaded } = this.#context
    if (!loadUi) throw new ClerkRuntimeError('ui_not_available')
    await whenLoaded
    this.#module ??= loadUi()
    try {
      return await this.#module
    } catch (error) {
      this.#module = undefined
      throw error
    }
  }
}
