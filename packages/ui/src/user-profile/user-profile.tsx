/** The page about oneself: who one is, how one signs in, and where one is signed in. */

import type { JSX } from 'preact'
import { AccountPage } from '../account/account-page.tsx'
import { useClerk, useHost } from '../host.ts'
import { InstanceGate } from '../instance.tsx'
import { AddressesSection } from './addresses.tsx'
import { DeleteSection } from './delete.tsx'
import { DevicesSection } from './devices.tsx'
import { PasswordSection } from './password.tsx'
import { ProfileSection } from './profile.tsx'

/** Lets people manage their account. Shows nothing while nobody is signed in. */
export function UserProfile(): JSX.Element {
  return (
    <InstanceGate>
      <UserProfilePage />
    </InstanceGate>
  )
}

function UserProfilePage(): JSX.Element | null {
  const { text } = useHost()
  const { user } = useClerk()
  const words = text.userProfile
  if (!user) return null
  return (
    <AccountPage
      title={words.title}
      subtitle={words.subtitle}
      tabs={[
        {
          name: 'account',
          label: words.account,
          content: (
            <>
              <ProfileSection user={user} />
              <AddressesSection user={user} />
            </>
          ),
        },
        {
          name: 'security',
          label: words.security,
          content: (
            <>
              <PasswordSection user={user} />
              <DevicesSection />
              {user.deleteSelfEnabled && <DeleteSection />}
            </>
          ),
        },
      ]}
    />
  )
}
