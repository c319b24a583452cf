import type { CommonProps } from '../props.ts'
import type { OrganizationUrl } from './organization-url.ts'

/** Props of `<OrganizationList />`. */
export interface OrganizationListProps extends CommonProps {
  /** Offers no personal account. */
  readonly hidePersonal?: boolean | undefined
  /** Where to go with the chosen organization; `:id` and `:slug` stand for its own. */
  readonly afterSelectOrganizationUrl?: OrganizationUrl | undefined
  readonly afterSelectPersonalUrl?: string | undefined
  readonly afterCreateOrganizationUrl?: OrganizationUrl | undefined
  readonly skipInvitationScreen?: boolean | undefined
  readonly hideSlug?: boolean | undefined
}
