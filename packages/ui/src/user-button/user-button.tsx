/** The user button: a picture that opens a menu about one's account. */

import type { JSX } from 'preact'
import { useClerk, useHost } from '../host.ts'
import { Avatar } from '../parts/avatar.tsx'
import { SettingsIcon, SignOutIcon } from '../parts/icons.tsx'
import { MenuButton } from '../parts/menu-button.tsx'
import { toPerson } from '../parts/person.ts'
import type { Action } from '../parts/popover.tsx'
import { summaryOf } from '../problem.ts'
import { useTask } from '../task.ts'
import type { UserButtonProps } from './props.ts'

/** Shows who is signed in, and lets them sign out. Shows nothing while nobody is. */
export function UserButton(props: UserButtonProps): JSX.Element | null {
  const { text } = useHost()
  const clerk = useClerk()
  const task = useTask()

  if (!clerk.user) return null

  async function manage(): Promise<void> {
    const { userProfileMode, userProfileUrl } = props
    if (userProfileMode === 'navigation' && userProfileUrl) await clerk.navigate(userProfileUrl)
    else clerk.openUserProfile({ appearance: props.appearance, ...props.userProfileProps })
  }

  async function signOut(): Promise<void> {
    // Where several people may be signed in, one leaves and the others stay.
    const isOnlySession = clerk.environment?.auth_config.single_session_mode ?? true
    await clerk.signOut({
      sessionId: isOnlySession ? undefined : clerk.session?.id,
      redirectUrl: props.afterSignOutUrl,
    })
  }

  const others = (clerk.client?.signedInSessions ?? []).filter(({ id }) => id !== clerk.session?.id)
  const actions: readonly Action[] = [
    {
      name: 'manageAccount',
      label: text.userButton.manageAccount,
      icon: <SettingsIcon />,
      isBusy: false,
      closes: true,
      select: () => void task.run(manage),
    },
    ...others.map(({ id, user }) => {
      const person = toPerson(user)
      return {
        name: id,
        label: person.name,
        icon: <Avatar person={person} />,
        isBusy: task.isBusy,
        closes: true,
        select: () =>
          void task.run(() =>
            clerk.setActive({ session: id, redirectUrl: props.afterSwitchSessionUrl }),
          ),
      }
    }),
    {
      name: 'signOut',
      label: task.isBusy ? text.userButton.signingOut : text.userButton.signOut,
      icon: <SignOutIcon />,
      isBusy: task.isBusy,
      closes: false,
      select: () => void task.run(signOut),
    },
  ]

  return (
    <MenuButton
      person={toPerson(clerk.user)}
      label={text.userButton.open}
      menuLabel={text.userButton.menu}
      showsName={props.showName === true}
      isOpenAtStart={props.defaultOpen ?? false}
      actions={actions}
      alert={summaryOf(task.problem)}
      onClose={() => task.report(null)}
    />
  )
}
