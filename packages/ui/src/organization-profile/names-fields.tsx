import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { Field } from '../parts/field.tsx'

/** What an organization is called, and how it is named in addresses where the instance has that. */
export function NamesFields(props: {
  readonly name?: string
  readonly slug?: string | null
  /** The server makes a slug of the name. */
  readonly isSlugOptional?: boolean
  readonly hidesSlug?: boolean
}): JSX.Element {
  const { text } = useHost()
  const { environment } = useInstance()
  const { slug } = environment.organization_settings as {
    readonly slug?: { readonly disabled: boolean }
  }
  const { isSlugOptional = false } = props
  return (
    <>
      <Field
        name="name"
        kind="organizationName"
        label={text.field.organizationName}
        autocomplete="organization"
        initialValue={props.name}
      />
      {slug?.disabled !== true && props.hidesSlug !== true && (
        <Field
          name="slug"
          label={text.field.organizationSlug}
          autocomplete="off"
          isRequired={!isSlugOptional}
          initialValue={props.slug ?? undefined}
          hint={isSlugOptional ? text.organization.create.slugHint : undefined}
        />
      )}
    </>
  )
}
