import type { JSX } from 'preact'
import type { Completion } from './completion.ts'
import { Lazy } from './lazy.tsx'
import type { OrganizationListProps } from './organization-list/props.ts'
import type { Screen } from './screen.ts'

const load = async (): Promise<Screen> => (await import('./organization-list/screen.ts')).screen

/** What is left to do where everybody acts in an organization: choose one, or make one. */
export function OrganizationChoice({ redirectUrl }: Completion): JSX.Element {
  const props: OrganizationListProps = {
    hidePersonal: true,
    afterSelectOrganizationUrl: redirectUrl,
    afterCreateOrganizationUrl: redirectUrl,
  }
  return <Lazy load={load} props={props} />
}
