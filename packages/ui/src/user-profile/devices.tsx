import type { JSX } from 'preact'
import { useAccount } from '../account/account.ts'
import { ActionButton } from '../account/disclosure.tsx'
import { ListView } from '../account/list-view.tsx'
import { Item, Section } from '../account/section.tsx'
import { useList } from '../account/use-list.ts'
import { useClerk, useHost } from '../host.ts'
import { DeviceIcon } from '../parts/icons.tsx'
import { format } from '../text/format.ts'

interface DeviceJSON {
  readonly id: string
  readonly last_active_at: number
  readonly latest_activity?: {
    readonly device_type?: string | null
    readonly browser_name?: string | null
    readonly browser_version?: string | null
    readonly ip_address?: string | null
    readonly city?: string | null
    readonly country?: string | null
  } | null
}

/** Where the person is signed in, and how to end that elsewhere. */
export function DevicesSection(): JSX.Element {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const clerk = useClerk()
  const list = useList<DeviceJSON>('/me/sessions/active')
  const words = text.userProfile.devices

  return (
    <Section title={words.title}>
      <ListView list={list} empty={words.none}>
        {(device) => {
          const isThis = device.id === clerk.session?.id
          const { name, place } = describe(device)
          const title = name || words.unknown
          const when = new Date(device.last_active_at)
          return (
            <Item
              key={device.id}
              picture={<DeviceIcon />}
              title={title}
              detail={
                <>
                  {place && `${place} · `}
                  <time dateTime={when.toISOString()}>{when.toLocaleString()}</time>
                </>
              }
              badges={isThis ? [words.current] : []}
            >
              {isThis ? undefined : (
                <ActionButton
                  label={words.signOut}
                  description={format(words.signOutOne, { device: title })}
                  isDanger
                  onPress={async () => {
                    await call(`/me/sessions/${device.id}/revoke`, { method: 'POST' })
                    announce(words.signedOut)
                    await list.reload()
                  }}
                />
              )}
            </Item>
          )
        }}
      </ListView>
    </Section>
  )
}

/** Puts into words what the server knows of a device, which may be little. */
function describe({ latest_activity: activity }: DeviceJSON): { name: string; place: string } {
  const browser = [activity?.browser_name, activity?.browser_version?.split('.')[0]]
  const city = [activity?.city, activity?.country].filter(Boolean).join(', ')
  return {
    name: [browser.filter(Boolean).join(' '), activity?.device_type].filter(Boolean).join(' · '),
    place: [activity?.ip_address, city].filter(Boolean).join(' · '),
  }
}
