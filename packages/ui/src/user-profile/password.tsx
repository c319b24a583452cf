import type { User } from '@core/js'
import type { JSX } from 'preact'
import { useAccount } from '../account/account.ts'
import { ActionForm, Disclosure } from '../account/disclosure.tsx'
import { Section } from '../account/section.tsx'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { Checkbox } from '../parts/checkbox.tsx'
import { Field } from '../parts/field.tsx'
import { NewPasswordField } from '../parts/new-password-field.tsx'

/** Sets, changes and removes the password. */
export function PasswordSection({ user }: { readonly user: User }): JSX.Element | null {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const { environment } = useInstance()
  const words = text.userProfile.password
  const setting = environment.user_settings.attributes['password']
  if (setting?.enabled !== true) return null
  // Where proof is asked for anyway, the password is part of that.
  const asksCurrent = user.passwordEnabled && !environment.auth_config.reverification

  return (
    <Section title={words.title}>
      <span class="core-itemDetail">{user.passwordEnabled ? words.isSet : words.isNotSet}</span>
      <Disclosure label={user.passwordEnabled ? words.change : words.set}>
        {(close) => (
          <ActionForm
            submit={text.save}
            onSubmit={async (values) => {
              await call('/me/change_password', { method: 'POST', body: values })
              announce(words.saved)
            }}
            onClose={close}
          >
            <Username user={user} />
            {asksCurrent && <CurrentPassword />}
            <NewPasswordField name="newPassword" label={text.field.newPassword} />
            <Checkbox
              name="signOutOfOtherSessions"
              label={text.field.signOutOfOtherSessions}
              isChecked
            />
          </ActionForm>
        )}
      </Disclosure>
      {user.passwordEnabled && !setting.required && (
        <Disclosure label={words.remove} isDanger>
          {(close) => (
            <ActionForm
              submit={text.remove}
              isDanger
              onSubmit={async (values) => {
                await call('/me/remove_password', { method: 'POST', body: values })
                announce(words.removed)
              }}
              onClose={close}
            >
              <p class="core-panelText">{words.removeWarning}</p>
              {asksCurrent && <CurrentPassword />}
            </ActionForm>
          )}
        </Disclosure>
      )}
    </Section>
  )
}

function CurrentPassword(): JSX.Element {
  const { text } = useHost()
  return (
    <Field
      name="currentPassword"
      kind="password"
      label={text.field.currentPassword}
      type="password"
      autocomplete="current-password"
    />
  )
}

/** Tells password managers whose password it is. Not sent: it cannot be edited. */
function Username({ user }: { readonly user: User }): JSX.Element {
  return (
    <input
      class="core-hidden"
      type="text"
      name="username"
      autocomplete="username"
      aria-hidden="true"
      tabIndex={-1}
      readOnly
      value={user.username ?? user.primaryEmailAddress?.emailAddress ?? ''}
    />
  )
}
