/** A button that says where one acts, and opens a menu of where one could. */

import type { JSX } from 'preact'
import { useClerk, useHost } from '../host.ts'
import { Avatar } from '../parts/avatar.tsx'
import { PlusIcon, SettingsIcon, SwitchIcon } from '../parts/icons.tsx'
import { MenuButton } from '../parts/menu-button.tsx'
import { toPerson } from '../parts/person.ts'
import type { Action } from '../parts/popover.tsx'
import {
  activeMembershipOf,
  membershipsOf,
  toOrganizationPerson,
} from '../organization-profile/wire.ts'
import { resolveOrganizationUrl } from '../organization-list/organization-url.ts'
import { summaryOf } from '../problem.ts'
import { useTask } from '../task.ts'
import type { OrganizationSwitcherProps } from './props.ts'

/** Switches between organizations and the personal account. Shows nothing while nobody is signed in. */
export function OrganizationSwitcher(props: OrganizationSwitcherProps): JSX.Element | null {
  const { text } = useHost()
  const clerk = useClerk()
  const task = useTask()
  const { user, session, environment } = clerk
  if (!user || environment?.organization_settings.enabled !== true) return null

  const words = text.organization.switcher
  const active = activeMembershipOf(session)
  const personal = { ...toPerson(user), detail: text.organization.personal }
  const hasPersonal =
    props.hidePersonal !== true &&
    environment.organization_settings['force_organization_selection'] !== true

  const entry = (name: string, label: string, icon: JSX.Element, run: () => unknown): Action => ({
    name,
    label,
    icon,
    isBusy: task.isBusy,
    closes: true,
    select: () => void task.run(async () => void (await run())),
  })

  const actions: readonly Action[] = [
    ...(active === undefined
      ? []
      : [
          entry('manage', words.manage, <SettingsIcon />, () =>
            props.organizationProfileMode === 'navigation' && props.organizationProfileUrl
              ? clerk.navigate(props.organizationProfileUrl)
              : clerk.openOrganizationProfile(props),
          ),
        ]),
    ...membershipsOf(user)
      .filter(({ id }) => id !== active?.id)
      .map(({ id, organization }) =>
        entry(id, organization.name, <Avatar person={toOrganizationPerson(organization)} />, () =>
          clerk.setActive({
            organization: organization.id,
            redirectUrl: resolveOrganizationUrl(props.afterSelectOrganizationUrl, organization),
          }),
        ),
      ),
    ...(hasPersonal && active !== undefined
      ? [
          entry('personal', text.organization.personal, <Avatar person={personal} />, () =>
            clerk.setActive({ organization: null, redirectUrl: props.afterSelectPersonalUrl }),
          ),
        ]
      : []),
    entry('all', words.all, <SwitchIcon />, () => clerk.openOrganizationList(props)),
    ...(user.createOrganizationEnabled
      ? [
          entry('create', words.create, <PlusIcon />, () =>
            props.createOrganizationMode === 'navigation' && props.createOrganizationUrl
              ? clerk.navigate(props.createOrganizationUrl)
              : clerk.openCreateOrganization(props),
          ),
        ]
      : []),
  ]

  return (
    <MenuButton
      person={
        active === undefined
          ? personal
          : toOrganizationPerson(active.organization, active.role_name ?? active.role)
      }
      label={words.open}
      menuLabel={words.menu}
      showsName
      isOpenAtStart={props.defaultOpen ?? false}
      actions={actions}
      alert={summaryOf(task.problem)}
      onClose={() => task.report(null)}
    />
  )
}
