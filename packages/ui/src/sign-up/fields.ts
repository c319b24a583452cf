import type { EnvironmentJSON } from '@core/protocol'

/** Fields that the sign-up form can ask for, as the form names them. */
export type FieldName =
  | 'firstName'
  | 'lastName'
  | 'username'
  | 'emailAddress'
  | 'password'
  | 'legalAccepted'

interface FieldRow {
  readonly name: FieldName
  /** As the server names it. */
  readonly parameter: string
  readonly type: 'text' | 'email' | 'password' | 'checkbox'
  readonly autocomplete: string
}

/** The fields in the order of the form. */
// oxfmt-ignore
export const FIELDS: readonly FieldRow[] = [
  { name: 'firstName',    parameter: 'first_name',    type: 'text',     autocomplete: 'given-name' },
  { name: 'lastName',     parameter: 'last_name',     type: 'text',     autocomplete: 'family-name' },
  { name: 'username',     parameter: 'username',      type: 'text',     autocomplete: 'username' },
  { name: 'emailAddress', parameter: 'email_address', type: 'email',    autocomplete: 'email' },
  { name: 'password',     parameter: 'password',      type: 'password', autocomplete: 'new-password' },
  { name: 'legalAccepted', parameter: 'legal_accepted', type: 'checkbox', autocomplete: 'off' },
]

/** A field of one instance's form. */
export interface SignUpField extends FieldRow {
  readonly isRequired: boolean
}

/** Lists the fields that an instance asks for; or the given ones, which are then required. */
export function fieldsOf(
  environment: EnvironmentJSON,
  only?: readonly FieldName[],
): readonly SignUpField[] {
  if (only !== undefined) {
    return FIELDS.filter(({ name }) => only.includes(name)).map((field) => ({
      ...field,
      isRequired: true,
    }))
  }
  const { attributes, sign_up: signUp } = environment.user_settings
  const consent = { enabled: signUp['legal_consent_enabled'] === true, required: true }
  return FIELDS.flatMap((field) => {
    const asked = field.name === 'legalAccepted' ? consent : attributes[field.parameter]
    return asked?.enabled === true ? [{ ...field, isRequired: asked.required }] : []
  })
}
