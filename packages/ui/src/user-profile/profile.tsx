import type { User } from '@core/js'
import type { JSX } from 'preact'
import { useAccount } from '../account/account.ts'
import { ActionForm, Disclosure } from '../account/disclosure.tsx'
import { Picture } from '../account/picture.tsx'
import { Section } from '../account/section.tsx'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { Field } from '../parts/field.tsx'
import { toPerson } from '../parts/person.ts'

interface Row {
  readonly name: 'firstName' | 'lastName' | 'username'
  /** As the server names it. */
  readonly parameter: string
  readonly autocomplete: string
}

/** What people may change of themselves, in the order of the form. */
// oxfmt-ignore
const ROWS: readonly Row[] = [
  { name: 'firstName', parameter: 'first_name', autocomplete: 'given-name' },
  { name: 'lastName',  parameter: 'last_name',  autocomplete: 'family-name' },
  { name: 'username',  parameter: 'username',   autocomplete: 'username' },
]

/** Picture, name and username. */
export function ProfileSection({ user }: { readonly user: User }): JSX.Element {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const { environment } = useInstance()
  const words = text.userProfile.profile
  const { attributes } = environment.user_settings
  const rows = ROWS.filter(({ parameter }) => attributes[parameter]?.enabled === true)
  const person = toPerson(user)

  return (
    <Section title={words.title}>
      <Picture person={person} path="/me/profile_image" method="POST" hasImage={user.hasImage} />
      <div>
        <div class="core-itemName">{person.name}</div>
        {user.username !== null && <div class="core-itemDetail">{user.username}</div>}
      </div>
      {rows.length > 0 && (
        <Disclosure label={words.edit}>
          {(close) => (
            <ActionForm
              submit={text.save}
              onSubmit={async (values) => {
                await call('/me', { method: 'PATCH', body: values })
                announce(words.saved)
              }}
              onClose={close}
            >
              {rows.map(({ name, parameter, autocomplete }) => (
                <Field
                  key={name}
                  name={name}
                  label={text.field[name]}
                  autocomplete={autocomplete}
                  isRequired={attributes[parameter]?.required ?? false}
                  initialValue={user[name] ?? undefined}
                />
              ))}
            </ActionForm>
          )}
        </Disclosure>
      )}
    </Section>
  )
}
