import type { Clerk, ComponentName, MountedComponent } from '@core/js'
import { render, type ComponentChildren, type JSX } from 'preact'
import { applyAppearance } from './appearance.ts'
import { openDialog } from './dialog.tsx'
import { HostContext, type FocusMemory, type Host, type Modal } from './host.ts'
import { FailedCard, LoadingCard } from './parts/card.tsx'
import type { CommonProps } from './props.ts'
import { SCREENS } from './lazy-screens.ts'
import type { Screen } from './screen.ts'
import { CARD_CSS } from './styles/card.ts'
import { applyInstanceTheme } from './styles/instance-theme.ts'
import { adoptStyles } from './styles/sheet.ts'
import { THEME_CSS } from './styles/theme.ts'
import { en } from './text/en.ts'

/** Draws a component into a node of the page. What is in the node already stays there. */
export function mount(
  component: ComponentName,
  node: HTMLElement,
  props: object,
  clerk: Clerk,
): MountedComponent {
  return draw({ component, node, clerk, modal: null }, props)
}

/** Draws a component in a dialog. */
export function openModal(component: ComponentName, props: object, clerk: Clerk): MountedComponent {
  const modal: Modal = {
    close: () => close(component, clerk),
    replace(other, otherProps) {
      close(component, clerk)
      if (other === 'SignIn') clerk.openSignIn(otherProps)
      else clerk.openSignUp(otherProps)
    },
  }
  const dialog = openDialog({
    label: en.modal[component],
    closeLabel: en.close,
    onDismiss: modal.close,
  })
  const place = { component, node: dialog.body, frame: dialog.element, clerk, modal }
  const mounted = draw(place, props)
  return {
    update: mounted.update,
    unmount() {
      mounted.unmount()
      dialog.remove()
    },
  }
}

// The client keeps account of what is open, so it does the closing.
function close(component: ComponentName, clerk: Clerk): void {
  if (!isOpener(component)) clerk[`close${component}`]()
}

type Opener = 'UserButton' | 'OrganizationSwitcher'

/** Tells whether a component is a button that opens something, and no card. */
function isOpener(component: ComponentName): component is Opener {
  return component === 'UserButton' || component === 'OrganizationSwitcher'
}

interface Place {
  readonly component: ComponentName
  readonly node: HTMLElement
  /** Element that the looks apply to, where more than the component itself shows them. */
  readonly frame?: HTMLElement
  readonly clerk: Clerk
  readonly modal: Modal | null
}

function draw({ component, node, frame, clerk, modal }: Place, initial: object): MountedComponent {
  const root = document.createElement('div')
  root.className = 'core-root'
  node.append(root)
  adoptStyles(root, [THEME_CSS, CARD_CSS])

  const host: Host = {
    clerk,
    text: en,
    modal,
    focus: createFocusMemory(),
    addStyles: (sheets) => adoptStyles(root, sheets),
    now: Date.now,
  }
  let props = initial
  let screen: Screen | 'loading' | 'failed' = 'loading'
  let isMounted = true

  function redraw(): void {
    if (!isMounted) return
    const { appearance } = props as CommonProps
    applyAppearance(frame ?? root, clerk.options.appearance, appearance)
    applyInstanceTheme(frame ?? root, clerk.environment)
    render(<Mounted host={host}>{content()}</Mounted>, root)
  }

  function content(): JSX.Element | null {
    if (typeof screen === 'object') return <screen.Component {...props} />
    // A button that is not there yet leaves no card behind.
    if (isOpener(component)) return null
    return screen === 'loading' ? (
      <LoadingCard />
    ) : (
      <FailedCard message={en.loadFailed} onRetry={() => void load()} />
    )
  }

  async function load(): Promise<void> {
    screen = 'loading'
    redraw()
    try {
      const loaded = await SCREENS[component]()
      host.addStyles(loaded.styles)
      screen = loaded
    } catch {
      // The bundler's chunk is not there: no network, or a new release in its place.
      screen = 'failed'
    }
    redraw()
  }

  // The settings of the instance may arrive after the component was drawn.
  const stopListening = clerk.subscribe(() => applyInstanceTheme(frame ?? root, clerk.environment))
  void load()
  return {
    update(next) {
      props = next
      redraw()
    },
    unmount() {
      isMounted = false
      stopListening()
      render(null, root)
      root.remove()
    },
  }
}

function Mounted(props: {
  readonly host: Host
  readonly children: ComponentChildren
}): JSX.Element {
  return <HostContext.Provider value={props.host}>{props.children}</HostContext.Provider>
}

function createFocusMemory(): FocusMemory {
  let hasEntered = false
  return {
    hasEntered: () => hasEntered,
    enter() {
      hasEntered = true
    },
  }
}
