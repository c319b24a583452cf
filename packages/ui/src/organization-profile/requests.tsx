import type { JSX } from 'preact'
import { useAccount } from '../account/account.ts'
import { ActionButton } from '../account/disclosure.tsx'
import { ListView } from '../account/list-view.tsx'
import { Item, Section } from '../account/section.tsx'
import { useList } from '../account/use-list.ts'
import { useHost } from '../host.ts'
import { Avatar } from '../parts/avatar.tsx'
import { format } from '../text/format.ts'
import { toMemberPerson, type OrganizationJSON, type RequestJSON } from './wire.ts'

/** Who has asked to be taken in. */
export function RequestsSection(props: { readonly organization: OrganizationJSON }): JSX.Element {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const path = `/organizations/${props.organization.id}/membership_requests`
  const list = useList<RequestJSON>(path, { status: 'pending' })
  const words = text.organization.requests

  async function answer(id: string, verb: 'accept' | 'reject', message: string): Promise<void> {
    await call(`${path}/${id}/${verb}`, { method: 'POST' })
    announce(message)
    await list.reload()
  }

  return (
    <Section title={words.title}>
      <ListView list={list} empty={words.none}>
        {({ id, public_user_data: data }) => {
          const person = toMemberPerson(data)
          const { name } = person
          return (
            <Item
              key={id}
              picture={<Avatar person={person} />}
              title={name}
              detail={person.detail ?? undefined}
            >
              <ActionButton
                label={words.accept}
                description={format(words.acceptOne, { name })}
                onPress={() => answer(id, 'accept', format(words.accepted, { name }))}
              />
              <ActionButton
                label={words.reject}
                description={format(words.rejectOne, { name })}
                isDanger
                onPress={() => answer(id, 'reject', words.rejected)}
              />
            </Item>
          )
        }}
      </ListView>
    </Section>
  )
}
