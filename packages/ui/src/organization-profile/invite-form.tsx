import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useAccount } from '../account/account.ts'
import { ActionForm } from '../account/disclosure.tsx'
import { useHost, useUniqueId } from '../host.ts'
import { FieldError } from '../parts/field.tsx'
import { Select } from '../parts/select.tsx'
import { useTask } from '../task.ts'
import { useRoles } from './use-roles.ts'

const DEFAULT_ROLE = 'org:member'

/** Invites several people at once, with one role. */
export function InviteForm(props: {
  readonly organizationId: string
  /** What the button says that sends nothing; default: "Cancel". */
  readonly dismiss?: string
  readonly onSent?: () => Promise<void>
  readonly onClose: () => void
}): JSX.Element {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const task = useTask()
  const id = useUniqueId()
  const roles = useRoles(props.organizationId)
  const [addresses, setAddresses] = useState('')
  const [role, setRole] = useState<string | null>(null)
  const words = text.organization.invitations
  const chosen = role ?? roles.find(({ key }) => key === DEFAULT_ROLE)?.key ?? roles[0]?.key
  const error = task.problem?.fields['emailAddress']

  async function send(): Promise<void> {
    const emailAddress = addresses.split(/[\s,;]+/).filter(Boolean)
    if (emailAddress.length === 0) {
      throw Object.assign(new Error(), {
        errors: [{ code: 'form_param_nil', message: '', meta: { paramName: 'email_address' } }],
      })
    }
    const body = { emailAddress, role: chosen ?? DEFAULT_ROLE }
    const path = `/organizations/${props.organizationId}/invitations/bulk`
    await call(path, { method: 'POST', body })
    announce(words.sent)
    await props.onSent?.()
  }

  return (
    <ActionForm
      submit={words.send}
      dismiss={props.dismiss}
      task={task}
      fields={['emailAddress']}
      onSubmit={send}
      onClose={props.onClose}
    >
      <div class="core-formField">
        <label class="core-formFieldLabel" for={id}>
          {text.field.emailAddresses}
        </label>
        <textarea
          class="core-formFieldInput core-textArea"
          id={id}
          rows={3}
          autocapitalize="none"
          spellcheck={false}
          value={addresses}
          aria-invalid={error === undefined ? undefined : 'true'}
          aria-describedby={`${id}-hint`}
          onInput={(event) => {
            setAddresses(event.currentTarget.value)
            task.clear('emailAddress')
          }}
        />
        <FieldError id={`${id}-error`}>{error}</FieldError>
        <div class="core-formFieldHintText" id={`${id}-hint`}>
          {words.hint}
        </div>
      </div>
      {roles.length > 0 && chosen !== undefined && (
        <Select
          options={roles}
          value={chosen}
          label={text.field.role}
          isLabelled
          onChange={({ key }) => setRole(key)}
        />
      )}
    </ActionForm>
  )
}
