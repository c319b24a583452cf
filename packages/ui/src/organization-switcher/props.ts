import type { Appearance } from '../appearance.ts'
import type { OrganizationUrl } from '../organization-list/organization-url.ts'

/** Props of `<OrganizationSwitcher />`. */
export interface OrganizationSwitcherProps {
  readonly appearance?: Appearance | undefined
  /** Offers no personal account. */
  readonly hidePersonal?: boolean | undefined
  /** Starts with the menu open. */
  readonly defaultOpen?: boolean | undefined
  /** Goes to a page of the application instead of opening a dialog. */
  readonly organizationProfileMode?: 'modal' | 'navigation' | undefined
  readonly organizationProfileUrl?: string | undefined
  readonly createOrganizationMode?: 'modal' | 'navigation' | undefined
  readonly createOrganizationUrl?: string | undefined
  readonly afterCreateOrganizationUrl?: OrganizationUrl | undefined
  readonly afterLeaveOrganizationUrl?: string | undefined
  readonly afterSelectOrganizationUrl?: OrganizationUrl | undefined
  readonly afterSelectPersonalUrl?: string | undefined
  readonly skipInvitationScreen?: boolean | undefined
  readonly hideSlug?: boolean | undefined
}
