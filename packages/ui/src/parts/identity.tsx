import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { LinkButton } from './button.tsx'
import { useFormId } from './step.tsx'

interface IdentityProps {
  /** Stands before it: "Sent to". */
  readonly lead?: string
  readonly value: string
  readonly label: string
  readonly onChange?: (() => void) | undefined
}

/**
 * Who is signing in, below the title. An input that cannot be edited, because password managers pair the password on this screen with
 * the username they find on it.
 */
export function Identity({ lead, value, label, onChange }: IdentityProps): JSX.Element {
  const { text } = useHost()
  const formId = useFormId()
  return (
    <span class="core-identityPreview">
      {lead !== undefined && <span class="core-identityPreviewLead">{lead}</span>}
      <input
        class="core-identityPreviewText"
        type="text"
        autocomplete="username"
        form={formId}
        aria-label={label}
        readOnly
        value={value}
        size={Math.max(4, value.length)}
      />
      {onChange !== undefined && (
        <LinkButton onClick={onChange} label={`${text.change} ${label.toLowerCase()}`}>
          {text.change}
        </LinkButton>
      )}
    </span>
  )
}
