import type { JSX } from 'preact'
import { useAccount } from '../account/account.ts'
import { ActionForm, Disclosure } from '../account/disclosure.tsx'
import { Picture } from '../account/picture.tsx'
import { Item, Section } from '../account/section.tsx'
import { useHost } from '../host.ts'
import { Avatar } from '../parts/avatar.tsx'
import { NamesFields } from './names-fields.tsx'
import { toOrganizationPerson, type OrganizationJSON } from './wire.ts'

/** Logo, name and slug. */
export function GeneralSection(props: {
  readonly organization: OrganizationJSON
  readonly mayManage: boolean
}): JSX.Element {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const { organization, mayManage } = props
  const words = text.organization.profile
  const person = toOrganizationPerson(organization)
  const path = `/organizations/${organization.id}`

  return (
    <Section title={words.title}>
      {mayManage ? (
        <>
          <Picture
            person={person}
            path={`${path}/logo`}
            method="PUT"
            hasImage={organization.has_image}
          />
          <Disclosure label={words.edit}>
            {(close) => (
              <ActionForm
                submit={text.save}
                onSubmit={async (body) => {
                  await call(path, { method: 'PATCH', body })
                  announce(words.saved)
                }}
                onClose={close}
              >
                <NamesFields name={organization.name} slug={organization.slug} />
              </ActionForm>
            )}
          </Disclosure>
        </>
      ) : (
        <ul class="core-items">
          <Item
            picture={<Avatar person={person} size="large" />}
            title={organization.name}
            detail={organization.slug ?? undefined}
          />
        </ul>
      )}
    </Section>
  )
}
