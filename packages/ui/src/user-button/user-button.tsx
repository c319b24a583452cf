/** The user button: a picture that opens a menu about one's account. */

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useClerk, useHost, useUniqueId } from '../host.ts'
import { SignOutIcon } from '../parts/icons.tsx'
import { summaryOf } from '../problem.ts'
import { useTask } from '../task.ts'
import { Avatar } from './avatar.tsx'
import { toPerson } from './person.ts'
import { Popover, type Action } from './popover.tsx'
import type { UserButtonProps } from './props.ts'

/** Shows who is signed in, and lets them sign out. Shows nothing while nobody is. */
export function UserButton(props: UserButtonProps): JSX.Element | null {
  const { text } = useHost()
  const clerk = useClerk()
  const task = useTask()
  const id = useUniqueId()
  const [trigger, setTrigger] = useState<HTMLButtonElement | null>(null)
  const [isOpen, setOpen] = useState(props.defaultOpen ?? false)

  if (!clerk.user) return null
  const person = toPerson(clerk.user)

  function close(returnsFocus: boolean): void {
    setOpen(false)
    task.report(null)
    if (returnsFocus) trigger?.focus()
  }

  async function signOut(): Promise<void> {
    // Where several people may be signed in, one leaves and the others stay.
    const isOnlySession = clerk.environment?.auth_config.single_session_mode ?? true
    await clerk.signOut({
      sessionId: isOnlySession ? undefined : clerk.session?.id,
      redirectUrl: props.afterSignOutUrl,
    })
  }

  const actions: readonly Action[] = [
    {
      name: 'signOut',
      label: task.isBusy ? text.userButton.signingOut : text.userButton.signOut,
      icon: <SignOutIcon />,
      isBusy: task.isBusy,
      select: () => void task.run(signOut),
    },
  ]

  return (
    <>
      <button
        ref={setTrigger}
        class="core-userButtonTrigger"
        type="button"
        data-named={props.showName === true ? '' : undefined}
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
        {props.showName === true && <span class="core-userButtonName">{person.name}</span>}
        <span class="core-hidden">{text.userButton.open}</span>
        <Avatar person={person} />
      </button>
      {isOpen && trigger !== null && (
        <Popover
          id={id}
          anchor={trigger}
          person={person}
          actions={actions}
          alert={summaryOf(task.problem)}
          onClose={close}
        />
      )}
    </>
  )
}
