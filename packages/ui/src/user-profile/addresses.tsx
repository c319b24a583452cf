import type { EmailAddress, User } from '@core/js'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useAccount } from '../account/account.ts'
import { ActionButton, ActionForm, Disclosure } from '../account/disclosure.tsx'
import { Removal } from '../account/removal.tsx'
import { Item, Section } from '../account/section.tsx'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { Field } from '../parts/field.tsx'
import { format } from '../text/format.ts'
import { AddressProof } from './address-proof.tsx'

/** The addresses of a person: which one is written to, which ones are proven. */
export function AddressesSection({ user }: { readonly user: User }): JSX.Element | null {
  const { text } = useHost()
  const { environment } = useInstance()
  const words = text.userProfile.addresses
  if (environment.user_settings.attributes['email_address']?.enabled !== true) return null
  return (
    <Section title={words.title}>
      {user.emailAddresses.length > 0 && (
        <ul class="core-items">
          {user.emailAddresses.map((address) => (
            <AddressItem
              key={address.id}
              address={address}
              isPrimary={address.id === user.primaryEmailAddressId}
            />
          ))}
        </ul>
      )}
      <Disclosure label={words.add}>{(close) => <NewAddress onClose={close} />}</Disclosure>
    </Section>
  )
}

function AddressItem(props: {
  readonly address: EmailAddress
  readonly isPrimary: boolean
}): JSX.Element {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const { address, isPrimary } = props
  const words = text.userProfile.addresses
  const isVerified = address.verification.status === 'verified'
  const name = { address: address.emailAddress }

  return (
    <Item
      title={address.emailAddress}
      badges={[...(isPrimary ? [words.primary] : []), ...(isVerified ? [] : [words.unverified])]}
    >
      {!isVerified && (
        <Disclosure label={words.verify} description={format(words.verifyOne, name)}>
          {(close) => (
            <AddressProof id={address.id} address={address.emailAddress} onClose={close} />
          )}
        </Disclosure>
      )}
      {isVerified && !isPrimary && (
        <ActionButton
          label={words.makePrimary}
          description={format(words.makePrimaryOne, name)}
          onPress={async () => {
            const body = { primaryEmailAddressId: address.id }
            await call('/me', { method: 'PATCH', body })
            announce(format(words.isPrimary, name))
          }}
        />
      )}
      <Removal
        title={format(words.removeOne, name)}
        warning={words.removeWarning}
        onRemove={async () => {
          await call(`/me/email_addresses/${address.id}`, { method: 'DELETE' })
          announce(format(words.removed, name))
        }}
      />
    </Item>
  )
}

interface EmailAddressJSON {
  readonly id: string
  readonly email_address: string
}

function NewAddress({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { text } = useHost()
  const { call } = useAccount()
  const [added, setAdded] = useState<EmailAddressJSON | null>(null)
  if (added !== null) {
    return <AddressProof id={added.id} address={added.email_address} onClose={onClose} />
  }
  return (
    <ActionForm
      submit={text.continue}
      staysOpen
      onSubmit={async (body) =>
        setAdded(await call<EmailAddressJSON>('/me/email_addresses/', { method: 'POST', body }))
      }
      onClose={onClose}
    >
      <Field
        name="emailAddress"
        label={text.field.emailAddress}
        type="email"
        autocomplete="email"
      />
    </ActionForm>
  )
}
