import type { JSX } from 'preact'
import { useAccount } from '../account/account.ts'
import { Confirmation } from '../account/confirmation.tsx'
import { Disclosure } from '../account/disclosure.tsx'
import { Section } from '../account/section.tsx'
import { useClerk, useHost } from '../host.ts'

/** Deletes the account, once the person has typed that they mean it. */
export function DeleteSection(): JSX.Element {
  const { text } = useHost()
  const { call } = useAccount()
  const clerk = useClerk()
  const words = text.userProfile.delete

  async function deleteAccount(): Promise<void> {
    await call('/me', { method: 'DELETE' })
    await clerk.navigate(clerk.buildAfterSignOutUrl())
  }

  return (
    <Section title={words.title} description={words.description}>
      <Disclosure label={words.open} isDanger>
        {(close) => (
          <Confirmation
            warning={words.warning}
            phrase={words.phrase}
            submit={words.open}
            onConfirm={deleteAccount}
            onClose={close}
          />
        )}
      </Disclosure>
    </Section>
  )
}
