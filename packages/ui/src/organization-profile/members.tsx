import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useAccount } from '../account/account.ts'
import { ListView } from '../account/list-view.tsx'
import { Removal } from '../account/removal.tsx'
import { Item, Section } from '../account/section.tsx'
import { useList } from '../account/use-list.ts'
import { useClerk, useHost, useUniqueId } from '../host.ts'
import { Alert } from '../parts/alert.tsx'
import { Avatar } from '../parts/avatar.tsx'
import { Select } from '../parts/select.tsx'
import { summaryOf } from '../problem.ts'
import { useTask } from '../task.ts'
import { format } from '../text/format.ts'
import { useRoles } from './use-roles.ts'
import {
  toMemberPerson,
  type MembershipJSON,
  type OrganizationJSON,
  type PublicUserJSON,
  type RoleJSON,
} from './wire.ts'

type Member = MembershipJSON & { readonly public_user_data: PublicUserJSON }

const SEARCH_DELAY_MS = 250

/** Who is in the organization, with which role. */
export function MembersSection(props: {
  readonly organization: OrganizationJSON
  readonly mayManage: boolean
}): JSX.Element {
  const { text } = useHost()
  const { organization, mayManage } = props
  const [query, setQuery] = useState('')
  const path = `/organizations/${organization.id}/memberships`
  const list = useList<Member>(path, query === '' ? {} : { query })
  const roles = useRoles(organization.id)
  const words = text.organization.membersSection

  return (
    <Section title={words.title}>
      <Search onSearch={setQuery} />
      <ListView list={list} empty={words.none}>
        {(member) => (
          <MemberItem
            key={member.id}
            member={member}
            path={`${path}/${member.public_user_data.user_id}`}
            roles={roles}
            mayManage={mayManage}
            onChange={list.reload}
          />
        )}
      </ListView>
    </Section>
  )
}

function Search({ onSearch }: { readonly onSearch: (query: string) => void }): JSX.Element {
  const { text } = useHost()
  const id = useUniqueId()
  const [timer, setTimer] = useState<ReturnType<typeof setTimeout>>()
  return (
    <div class="core-formField">
      <label class="core-hidden" for={id}>
        {text.field.search}
      </label>
      <input
        class="core-formFieldInput"
        id={id}
        type="search"
        placeholder={text.field.search}
        autocomplete="off"
        onInput={({ currentTarget: { value } }) => {
          clearTimeout(timer)
          setTimer(setTimeout(() => onSearch(value.trim()), SEARCH_DELAY_MS))
        }}
      />
    </div>
  )
}

interface MemberItemProps {
  readonly member: Member
  readonly path: string
  readonly roles: readonly RoleJSON[]
  readonly mayManage: boolean
  readonly onChange: () => Promise<void>
}

function MemberItem({ member, path, roles, mayManage, onChange }: MemberItemProps): JSX.Element {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const clerk = useClerk()
  const task = useTask()
  const words = text.organization.membersSection
  const person = toMemberPerson(member.public_user_data)
  const isMe = member.public_user_data.user_id === clerk.user?.id
  const hasChoice = mayManage && roles.some(({ key }) => key === member.role)
  const roleName =
    roles.find(({ key }) => key === member.role)?.name ?? member.role_name ?? member.role
  const name = person.name

  function changeRole(role: RoleJSON): void {
    void task.run(async () => {
      await call(path, { method: 'PATCH', body: { role: role.key } })
      announce(format(words.roleChanged, { name, role: role.name }))
      await onChange()
    })
  }

  return (
    <Item
      picture={<Avatar person={person} />}
      title={name}
      detail={person.detail ?? undefined}
      badges={isMe ? [words.you] : []}
    >
      {hasChoice ? (
        <Select
          // A choice that was refused is taken back.
          key={`${member.role} ${String(task.problem === null)}`}
          options={roles}
          value={member.role}
          label={format(words.roleOf, { name })}
          isBusy={task.isBusy}
          onChange={changeRole}
        />
      ) : (
        <span class="core-itemDetail">{roleName}</span>
      )}
      <Alert>{summaryOf(task.problem)}</Alert>
      {mayManage && !isMe && (
        <Removal
          title={format(words.removeOne, { name })}
          warning={words.removeWarning}
          onRemove={async () => {
            await call(path, { method: 'DELETE' })
            announce(format(words.removed, { name }))
            await onChange()
          }}
        />
      )}
    </Item>
  )
}
