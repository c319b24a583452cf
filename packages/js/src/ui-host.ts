/** Keeps account of the prebuilt components on the page; draws them once everything is there. */

import { ClerkRuntimeError } from './errors.ts'
import type { Platform } from './platform.ts'
import type { ComponentModule, ComponentName, MountedComponent } from './ui-module.ts'

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
  readonly #mounted = new Map<HTMLElement, Place>()
  readonly #modals = new Map<ComponentName, Place>()
  #module: Promise<ComponentModule<C>> | undefined

  constructor(context: UiHostContext<C>) {
    this.#context = context
  }

  /** Draws a component into a node, or hands new properties to the one that is there. */
  mount(component: ComponentName, node: HTMLElement, props: object): void {
    this.#show(this.#mounted, node, component, props, (ui, place) =>
      ui.mount(component, node, place.props, this.#context.clerk),
    )
  }

  unmount(node: HTMLElement): void {
    this.#remove(this.#mounted, node)
  }

  open(component: ComponentName, props: object): void {
    this.#show(this.#modals, component, component, props, (ui, place) =>
      ui.openModal(component, place.props, this.#context.clerk),
    )
  }

  close(component: ComponentName): void {
    this.#remove(this.#modals, component)
  }

  /** Draws every component again, after something that is not among its properties has changed. */
  redraw(): void {
    for (const { drawn, props } of [...this.#mounted.values(), ...this.#modals.values()]) {
      drawn?.update(props)
    }
  }

  #show<K>(
    places: Map<K, Place>,
    key: K,
    component: ComponentName,
    props: object,
    draw: (ui: ComponentModule<C>, place: Place) => MountedComponent,
  ): void {
    const known = places.get(key)
    if (known?.component === component) {
      known.props = props
      known.drawn?.update(props)
      return
    }
    known?.drawn?.unmount()
    const place: Place = { component, props }
    places.set(key, place)
    void this.#draw(places, key, place, draw)
  }

  async #draw<K>(
    places: Map<K, Place>,
    key: K,
    place: Place,
    draw: (ui: ComponentModule<C>, place: Place) => MountedComponent,
  ): Promise<void> {
    // It may be gone again by the time the bundle is here.
    const isWanted = (): boolean => places.get(key) === place
    try {
      const ui = await this.#load()
      if (isWanted()) place.drawn = draw(ui, place)
    } catch (error) {
      if (isWanted()) places.delete(key)
      this.#context.platform.warn(`<${place.component} /> cannot be shown. ${String(error)}`)
    }
  }

  #remove<K>(places: Map<K, Place>, key: K): void {
    places.get(key)?.drawn?.unmount()
    places.delete(key)
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
