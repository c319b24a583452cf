import { autoUpdate, computePosition, flip, offset, shift } from '@floating-ui/dom'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { Alert } from './alert.tsx'
import { Avatar } from './avatar.tsx'
import type { Person } from './person.ts'

/** An entry of the menu. */
export interface Action {
  readonly name: string
  readonly label: string
  readonly icon: JSX.Element
  readonly isBusy: boolean
  /** Whether choosing it closes the menu. Else the menu stays to say how it went. */
  readonly closes: boolean
  readonly select: () => void
}

interface PopoverProps {
  readonly id: string
  /** What the popover hangs on. */
  readonly anchor: HTMLElement
  readonly person: Person
  readonly label: string
  readonly actions: readonly Action[]
  readonly alert: string | null
  /** @param returnsFocus whether the person closed it from the keyboard */
  readonly onClose: (returnsFocus: boolean) => void
}

/** Says who is signed in, above a menu (arrow keys, Home, End, Escape). */
export function Popover(props: PopoverProps): JSX.Element {
  const { id, anchor, person, actions, onClose } = props
  const ref = useRef<HTMLDivElement>(null)

  useLayoutEffect(() => {
    const popover = ref.current
    if (popover === null) return
    // In the top layer no ancestor of the button can clip it.
    popover.showPopover?.()
    itemsOf(popover)[0]?.focus({ preventScroll: true })
    return autoUpdate(anchor, popover, () => void place(popover, anchor))
  }, [anchor])

  useEffect(() => {
    function closeOutside(event: Event): void {
      const path = event.composedPath()
      if (ref.current !== null && !path.includes(ref.current) && !path.includes(anchor)) {
        onClose(false)
      }
    }
    document.addEventListener('pointerdown', closeOutside, true)
    document.addEventListener('focusin', closeOutside, true)
    return () => {
      document.removeEventListener('pointerdown', closeOutside, true)
      document.removeEventListener('focusin', closeOutside, true)
    }
  }, [anchor, onClose])

  function steer(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      // The dialog that the button may stand in stays open.
      event.stopPropagation()
      event.preventDefault()
      onClose(true)
    } else if (event.key === 'Tab') {
      // From the button on, so that Tab goes where it would have gone.
      onClose(true)
    } else if (ref.current !== null) {
      const items = itemsOf(ref.current)
      const next = nextIndex(event.key, items.findIndex(isFocused), items.length)
      if (next === undefined) return
      event.preventDefault()
      items[next]?.focus()
    }
  }

  return (
    <div ref={ref} class="core-userButtonPopoverCard" popover="manual">
      <div class="core-userPreview">
        <Avatar person={person} size="large" />
        <div class="core-userPreviewText">
          <span class="core-userPreviewMainIdentifier">{person.name}</span>
          {person.detail !== null && (
            <span class="core-userPreviewSecondaryIdentifier">{person.detail}</span>
          )}
        </div>
      </div>
      <div
        class="core-userButtonPopoverActions"
        id={id}
        role="menu"
        tabIndex={-1}
        aria-label={props.label}
        onKeyDown={steer}
      >
        {actions.map((action) => (
          <button
            key={action.name}
            class="core-userButtonPopoverActionButton"
            type="button"
            role="menuitem"
            tabIndex={-1}
            aria-disabled={action.isBusy ? 'true' : undefined}
            onClick={action.select}
          >
            {action.icon}
            {action.label}
          </button>
        ))}
      </div>
      <Alert>{props.alert}</Alert>
    </div>
  )
}

function itemsOf(popover: HTMLElement): readonly HTMLElement[] {
  return [...popover.querySelectorAll<HTMLElement>('[role="menuitem"]')]
}

function isFocused(item: HTMLElement): boolean {
  return item.matches(':focus')
}

function nextIndex(key: string, current: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return (current + 1) % count
    case 'ArrowUp':
      return (current - 1 + count) % count
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return undefined
  }
}

async function place(popover: HTMLElement, anchor: HTMLElement): Promise<void> {
  const { x, y } = await computePosition(anchor, popover, {
    strategy: 'fixed',
    placement: 'bottom-end',
    middleware: [offset(8), flip({ padding: 8 }), shift({ padding: 8 })],
  })
  popover.style.left = `${Math.round(x)}px`
  popover.style.top = `${Math.round(y)}px`
}
