import type { Clerk } from '@core/js'
import { createContext, type Context } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import type { Text } from './text/en.ts'

/** What every part of a mounted component may reach. */
export interface Host {
  readonly clerk: Clerk
  readonly text: Text
  /** Set when the component stands in a dialog. */
  readonly modal: Modal | null
  readonly focus: FocusMemory
  /** Applies style sheets of what is loaded later. */
  readonly addStyles: (sheets: readonly string[]) => void
  /** Milliseconds of now. */
  readonly now: () => number
}

/** The dialog around a component. */
export interface Modal {
  close(): void
  /** Opens another component in place of this one. */
  replace(component: 'SignIn' | 'SignUp', props: object): void
}

/** Whether a step was shown before: the first one of a page takes the focus only when nobody else has it. */
export interface FocusMemory {
  hasEntered(): boolean
  enter(): void
}

/** Carries the host to the parts. */
export const HostContext: Context<Host | null> = createContext<Host | null>(null)

/** Reads what the component was mounted with. */
export function useHost(): Host {
  const host = useContext(HostContext)
  if (host === null) throw new TypeError('A component of @core/ui was rendered outside its mount.')
  return host
}

/** Draws a component again whenever the client knows something new, and returns it. */
export function useClerk(): Clerk {
  const { clerk } = useHost()
  const [, setSnapshot] = useState(() => clerk.getSnapshot())
  useEffect(() => {
    const update = (): void => setSnapshot(clerk.getSnapshot())
    // Something may have happened between drawing and now.
    update()
    return clerk.subscribe(update)
  }, [clerk])
  return clerk
}

let lastId = 0

/** Makes an id that is unique among all mounts on the page; Preact's own is unique within one. */
export function useUniqueId(): string {
  return useState(() => `core-${++lastId}`)[0]
}
