/** Creates an organization, makes it the active one, and invites its first members. */

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { AccountFrame } from '../account/account-page.tsx'
import { useAccount } from '../account/account.ts'
import { useClerk, useHost } from '../host.ts'
import { InstanceGate, useInstance } from '../instance.tsx'
import { LinkButton, SubmitButton } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { Form, type Values } from '../parts/form.tsx'
import { Step } from '../parts/step.tsx'
import { InviteForm } from '../organization-profile/invite-form.tsx'
import { NamesFields } from '../organization-profile/names-fields.tsx'
import type { OrganizationJSON } from '../organization-profile/wire.ts'
import { resolveOrganizationUrl } from '../organization-list/organization-url.ts'
import { useTask } from '../task.ts'
import { format } from '../text/format.ts'
import type { CreateOrganizationProps } from './props.ts'

type CreationProps = CreateOrganizationProps & {
  /** The way back to where the person came from. */
  readonly onBack?: () => void
}

/** Lets people create an organization. Shows nothing while nobody is signed in. */
export function CreateOrganization(props: CreationProps): JSX.Element {
  return (
    <InstanceGate>
      <AccountFrame>
        <CreateOrganizationCard {...props} />
      </AccountFrame>
    </InstanceGate>
  )
}

function CreateOrganizationCard(props: CreationProps): JSX.Element | null {
  const { modal } = useHost()
  const clerk = useClerk()
  const { environment } = useInstance()
  const [created, setCreated] = useState<OrganizationJSON | null>(null)
  if (!clerk.user) return null

  async function leave(organization: OrganizationJSON): Promise<void> {
    const page = environment.display_config['organization_profile_url'] as string | undefined
    const url = resolveOrganizationUrl(
      props.afterCreateOrganizationUrl ?? (modal === null ? page : undefined),
      organization,
    )
    if (url) await clerk.navigate(url)
    modal?.close()
  }

  return (
    <Card>
      {created === null ? (
        <NamesStep
          {...props}
          onCreated={async (organization) => {
            if (props.skipInvitationScreen === true) await leave(organization)
            else setCreated(organization)
          }}
        />
      ) : (
        <InviteStep organization={created} onDone={() => void leave(created)} />
      )}
    </Card>
  )
}

type NamesStepProps = CreationProps & {
  readonly onCreated: (organization: OrganizationJSON) => Promise<void>
}

function NamesStep({ onCreated, hideSlug, onBack }: NamesStepProps): JSX.Element {
  const { text } = useHost()
  const { call } = useAccount()
  const clerk = useClerk()
  const task = useTask()
  const words = text.organization.create

  async function create({ name, slug }: Values): Promise<void> {
    // Empty is no slug: left out, the server makes one.
    const body = { name, slug: slug || undefined }
    const organization = await call<OrganizationJSON>('/organizations', { method: 'POST', body })
    await clerk.setActive({ organization: organization.id })
    await onCreated(organization)
  }

  return (
    <Step title={words.title} subtitle={words.subtitle}>
      <Form task={task} onSubmit={create}>
        <NamesFields isSlugOptional hidesSlug={hideSlug ?? false} />
        <SubmitButton isBusy={task.isBusy}>{words.submit}</SubmitButton>
        {onBack !== undefined && (
          <div class="core-actions">
            <LinkButton onClick={onBack}>{text.back}</LinkButton>
          </div>
        )}
      </Form>
    </Step>
  )
}

function InviteStep(props: {
  readonly organization: OrganizationJSON
  readonly onDone: () => void
}): JSX.Element {
  const { text } = useHost()
  const words = text.organization.create
  const { organization, onDone } = props
  return (
    <Step
      title={words.invite}
      subtitle={format(words.inviteSubtitle, { organization: organization.name })}
    >
      <InviteForm organizationId={organization.id} dismiss={words.skip} onClose={onDone} />
    </Step>
  )
}
