import type { JSX } from 'preact'
import { useAccount } from '../account/account.ts'
import { ActionButton, Disclosure } from '../account/disclosure.tsx'
import { ListView } from '../account/list-view.tsx'
import { Item, Section } from '../account/section.tsx'
import { useList } from '../account/use-list.ts'
import { useHost } from '../host.ts'
import { format } from '../text/format.ts'
import { InviteForm } from './invite-form.tsx'
import type { InvitationJSON, OrganizationJSON } from './wire.ts'

/** Who was invited and has not answered yet. */
export function InvitationsSection(props: {
  readonly organization: OrganizationJSON
}): JSX.Element {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const path = `/organizations/${props.organization.id}/invitations`
  const list = useList<InvitationJSON>(path, { status: ['pending'] })
  const words = text.organization.invitations

  return (
    <Section title={words.title}>
      <Disclosure label={words.invite}>
        {(close) => (
          <InviteForm organizationId={props.organization.id} onSent={list.reload} onClose={close} />
        )}
      </Disclosure>
      <ListView list={list} empty={words.none}>
        {({ id, email_address: address, role, role_name: roleName }) => (
          <Item key={id} title={address} detail={roleName ?? role}>
            <ActionButton
              label={words.revoke}
              description={format(words.revokeOne, { address })}
              isDanger
              onPress={async () => {
                await call(`${path}/${id}/revoke`, { method: 'POST' })
                announce(words.revoked)
                await list.reload()
              }}
            />
          </Item>
        )}
      </ListView>
    </Section>
  )
}
