import { render } from 'preact'
import { CloseIcon } from './parts/icons.tsx'
import { adoptStyles } from './styles/sheet.ts'
import { MODAL_CSS } from './styles/modal.ts'
import { THEME_CSS } from './styles/theme.ts'

/** A dialog above the page and the node to draw into. */
export interface Dialog {
  readonly element: HTMLDialogElement
  readonly body: HTMLElement
  /** Closes it and gives the focus back to where it was. */
  remove(): void
}

interface DialogOptions {
  readonly label: string
  readonly closeLabel: string
  /** Called when the person wants it gone: Escape, the close button, a press beside the card. */
  readonly onDismiss: () => void
}

/**
 * Opens a dialog. The browser's own keeps the focus inside, makes the page behind inert and handles Escape.
 */
export function openDialog({ label, closeLabel, onDismiss }: DialogOptions): Dialog {
  const opener = document.activeElement
  const element = document.createElement('dialog')
  element.className = 'core-root core-modalContent'
  element.setAttribute('aria-label', label)
  adoptStyles(document, [THEME_CSS, MODAL_CSS])

  const frame = document.createElement('div')
  frame.className = 'core-modalBody'
  const body = document.createElement('div')
  const button = document.createElement('button')
  button.className = 'core-modalCloseButton'
  button.type = 'button'
  button.setAttribute('aria-label', closeLabel)
  button.addEventListener('click', onDismiss)
  render(<CloseIcon />, button)
  // After the card, so that the first Tab stop is the first field.
  frame.append(body, button)
  element.append(frame)

  element.addEventListener('cancel', (event) => {
    event.preventDefault()
    onDismiss()
  })
  // Pressed, not clicked: a selection that is dragged out of a field ends beside the card.
  element.addEventListener('pointerdown', (event) => {
    if (event.target === element) onDismiss()
  })

  document.body.append(element)
  const unlock = lockScroll(document.documentElement)
  element.showModal()
  return {
    element,
    body,
    remove() {
      element.close()
      render(null, button)
      element.remove()
      unlock()
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    },
  }
}

/** Keeps the page behind from scrolling, and in its place where a scroll bar goes. Returns how to undo that. */
function lockScroll({ style, clientWidth }: HTMLElement): () => void {
  const { overflow, scrollbarGutter } = style
  if (window.innerWidth > clientWidth) style.scrollbarGutter = 'stable'
  style.overflow = 'hidden'
  return () => {
    style.overflow = overflow
    style.scrollbarGutter = scrollbarGutter
  }
}
