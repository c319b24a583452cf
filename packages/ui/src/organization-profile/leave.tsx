import type { JSX } from 'preact'
import { useAccount } from '../account/account.ts'
import { Confirmation } from '../account/confirmation.tsx'
import { Disclosure } from '../account/disclosure.tsx'
import { Section } from '../account/section.tsx'
import { useClerk, useHost } from '../host.ts'
import type { OrganizationProfileProps } from './props.ts'
import type { OrganizationJSON } from './wire.ts'

type Props = OrganizationProfileProps & { readonly organization: OrganizationJSON }

/** Leaves the organization, once its name was typed. */
export function LeaveSection({ organization, ...props }: Props): JSX.Element {
  const { text } = useHost()
  const path = `/me/organization_memberships/${organization.id}`
  return (
    <Departure
      words={text.organization.leave}
      phrase={organization.name}
      path={path}
      after={props.afterLeaveOrganizationUrl}
    />
  )
}

/** Deletes the organization, once its name was typed. */
export function DeleteSection({ organization, ...props }: Props): JSX.Element {
  const { text } = useHost()
  return (
    <Departure
      words={text.organization.delete}
      phrase={organization.name}
      path={`/organizations/${organization.id}`}
      after={props.afterLeaveOrganizationUrl}
    />
  )
}

interface DepartureProps {
  readonly words: {
    readonly title: string
    readonly description: string
    readonly open: string
    readonly warning: string
  }
  readonly phrase: string
  readonly path: string
  readonly after: string | undefined
}

function Departure({ words, phrase, path, after }: DepartureProps): JSX.Element {
  const { call } = useAccount()
  const clerk = useClerk()

  async function depart(): Promise<void> {
    await call(path, { method: 'DELETE' })
    await clerk.setActive({ organization: null, redirectUrl: after })
  }

  return (
    <Section title={words.title} description={words.description}>
      <Disclosure label={words.open} isDanger>
        {(close) => (
          <Confirmation
            warning={words.warning}
            phrase={phrase}
            submit={words.open}
            onConfirm={depart}
            onClose={close}
          />
        )}
      </Disclosure>
    </Section>
  )
}
