/** Where somebody is a member, where they could be, and which of that they act in. */

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { AccountFrame } from '../account/account-page.tsx'
import { CreateOrganization } from '../create-organization/create-organization.tsx'
import { useClerk, useHost } from '../host.ts'
import { InstanceGate, useInstance } from '../instance.tsx'
import { Alert } from '../parts/alert.tsx'
import { Avatar } from '../parts/avatar.tsx'
import { LinkButton } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { PlusIcon } from '../parts/icons.tsx'
import { toPerson, type Person } from '../parts/person.ts'
import { Step } from '../parts/step.tsx'
import { membershipsOf, toOrganizationPerson } from '../organization-profile/wire.ts'
import { summaryOf } from '../problem.ts'
import { useTask } from '../task.ts'
import { format } from '../text/format.ts'
import { Offers } from './offers.tsx'
import { resolveOrganizationUrl } from './organization-url.ts'
import type { OrganizationListProps } from './props.ts'

/** Lets people choose, join and create organizations. Shows nothing while nobody is signed in. */
export function OrganizationList(props: OrganizationListProps): JSX.Element {
  return (
    <InstanceGate>
      <AccountFrame>
        <OrganizationListCard {...props} />
      </AccountFrame>
    </InstanceGate>
  )
}

function OrganizationListCard(props: OrganizationListProps): JSX.Element | null {
  const { text, modal } = useHost()
  const clerk = useClerk()
  const task = useTask()
  const { environment } = useInstance()
  const [isCreating, setCreating] = useState(false)
  const { user } = clerk
  if (!user) return null
  if (isCreating) return <CreateOrganization {...props} onBack={() => setCreating(false)} />

  const words = text.organization.list
  const settings = environment.organization_settings
  const hasPersonal =
    props.hidePersonal !== true && settings['force_organization_selection'] !== true

  const choose = (organization: string | null, redirectUrl: string | undefined): void =>
    void task.run(async () => {
      await clerk.setActive({ organization, redirectUrl })
      modal?.close()
    })

  const memberships = membershipsOf(user)
  const isStuck = !hasPersonal && memberships.length === 0 && !user.createOrganizationEnabled
  return (
    <Card footer={clerk.session?.currentTask && <WayOut />}>
      <Step
        title={words.title}
        subtitle={format(words.subtitle, {
          application: environment.display_config.application_name,
        })}
      >
        <Alert>{summaryOf(task.problem)}</Alert>
        {(hasPersonal || memberships.length > 0) && (
          <ul class="core-items">
            {hasPersonal && (
              <Choice
                person={{ ...toPerson(user), detail: text.organization.personal }}
                onChoose={() => choose(null, props.afterSelectPersonalUrl)}
              />
            )}
            {memberships.map(({ id, organization, role, role_name: roleName }) => (
              <Choice
                key={id}
                person={toOrganizationPerson(organization, roleName ?? role)}
                onChoose={() =>
                  choose(
                    organization.id,
                    resolveOrganizationUrl(props.afterSelectOrganizationUrl, organization),
                  )
                }
              />
            ))}
          </ul>
        )}
        <Offers />
        {isStuck && <p class="core-empty">{words.none}</p>}
        {user.createOrganizationEnabled && (
          <button class="core-formButtonSecondary" type="button" onClick={() => setCreating(true)}>
            <PlusIcon />
            {words.create}
          </button>
        )}
      </Step>
    </Card>
  )
}

/** For somebody who must choose and would rather be somebody else. */
function WayOut(): JSX.Element | null {
  const { text } = useHost()
  const { user, session, signOut } = useClerk()
  if (!user) return null
  const { name } = toPerson(user)
  return (
    <>
      <span>{format(text.organization.list.signedInAs, { name })}</span>
      <LinkButton onClick={() => void signOut({ sessionId: session?.id })}>
        {text.userButton.signOut}
      </LinkButton>
    </>
  )
}

function Choice(props: { readonly person: Person; readonly onChoose: () => void }): JSX.Element {
  const { person, onChoose } = props
  return (
    <li>
      <button class="core-choice" type="button" onClick={onChoose}>
        <Avatar person={person} />
        <span class="core-itemText">
          <span class="core-itemName">{person.name}</span>
          <span class="core-itemDetail">{person.detail}</span>
        </span>
      </button>
    </li>
  )
}
