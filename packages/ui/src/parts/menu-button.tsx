import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useUniqueId } from '../host.ts'
import { Avatar } from './avatar.tsx'
import type { Person } from './person.ts'
import { Popover, type Action } from './popover.tsx'

interface MenuButtonProps {
  /** Whom the button stands for. */
  readonly person: Person
  /** What screen readers say of the button, after the name. */
  readonly label: string
  readonly menuLabel: string
  readonly showsName: boolean
  readonly isOpenAtStart: boolean
  readonly actions: readonly Action[]
  readonly alert: string | null
  readonly onClose: () => void
}

/** A picture that opens a menu. */
export function MenuButton(props: MenuButtonProps): JSX.Element {
  const { person, showsName, actions } = props
  const id = useUniqueId()
  const [trigger, setTrigger] = useState<HTMLButtonElement | null>(null)
  const [isOpen, setOpen] = useState(props.isOpenAtStart)

  function close(returnsFocus: boolean): void {
    setOpen(false)
    props.onClose()
    if (returnsFocus) trigger?.focus()
  }

  return (
    <>
      <button
        ref={setTrigger}
        class="core-userButtonTrigger"
        type="button"
        data-named={showsName ? '' : undefined}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
          event.preventDefault()
          setOpen(true)
        }}
      >
        {showsName && <span class="core-userButtonName">{person.name}</span>}
        <span class="core-hidden">{props.label}</span>
        <Avatar person={person} />
      </button>
      {isOpen && trigger !== null && (
        <Popover
          id={id}
          anchor={trigger}
          person={person}
          label={props.menuLabel}
          actions={actions.map((action) => ({
            ...action,
            select: () => {
              // A dialog that opens gives the focus back to the button in the end.
              if (action.closes) close(true)
              action.select()
            },
          }))}
          alert={props.alert}
          onClose={close}
        />
      )}
    </>
  )
}
