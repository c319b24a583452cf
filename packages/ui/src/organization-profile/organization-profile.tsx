/** The page about the active organization: what it is, who is in it, who may come in. */

import type { JSX } from 'preact'
import { AccountPage } from '../account/account-page.tsx'
import { useClerk, useHost } from '../host.ts'
import { InstanceGate, useInstance } from '../instance.tsx'
import { OrganizationList } from '../organization-list/organization-list.tsx'
import { DomainsSection } from './domains.tsx'
import { GeneralSection } from './general.tsx'
import { InvitationsSection } from './invitations.tsx'
import { DeleteSection, LeaveSection } from './leave.tsx'
import { MembersSection } from './members.tsx'
import type { OrganizationProfileProps } from './props.ts'
import { RequestsSection } from './requests.tsx'
import { activeMembershipOf } from './wire.ts'

/** Lets members see their organization, and those who may, manage it. */
export function OrganizationProfile(props: OrganizationProfileProps): JSX.Element {
  return (
    <InstanceGate>
      <OrganizationProfilePage {...props} />
    </InstanceGate>
  )
}

function OrganizationProfilePage(props: OrganizationProfileProps): JSX.Element | null {
  const { text } = useHost()
  const clerk = useClerk()
  const { environment } = useInstance()
  const membership = activeMembershipOf(clerk.session)
  if (!clerk.user) return null
  if (membership === undefined) return <OrganizationList hidePersonal />

  const { organization } = membership
  const may = (permission: string): boolean => membership.permissions.includes(permission)
  const { domains } = environment.organization_settings as {
    readonly domains?: { readonly enabled: boolean }
  }
  const hasDomains = domains?.enabled === true
  const mayManageMembers = may('org:sys_memberships:manage')

  return (
    <AccountPage
      // A page about another organization is another page.
      key={organization.id}
      title={organization.name}
      subtitle={organization.slug ?? undefined}
      tabs={[
        {
          name: 'general',
          label: text.organization.general,
          content: (
            <>
              <GeneralSection
                organization={organization}
                mayManage={may('org:sys_profile:manage')}
              />
              {hasDomains && may('org:sys_domains:read') && (
                <DomainsSection
                  organization={organization}
                  mayManage={may('org:sys_domains:manage')}
                />
              )}
              <LeaveSection organization={organization} {...props} />
              {may('org:sys_profile:delete') && organization.admin_delete_enabled !== false && (
                <DeleteSection organization={organization} {...props} />
              )}
            </>
          ),
        },
        ...(may('org:sys_memberships:read')
          ? [
              {
                name: 'members',
                label: text.organization.members,
                content: (
                  <>
                    <MembersSection organization={organization} mayManage={mayManageMembers} />
                    {mayManageMembers && <InvitationsSection organization={organization} />}
                    {mayManageMembers && hasDomains && (
                      <RequestsSection organization={organization} />
                    )}
                  </>
                ),
              },
            ]
          : []),
      ]}
    />
  )
}
