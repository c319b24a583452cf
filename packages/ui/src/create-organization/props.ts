import type { CommonProps } from '../props.ts'
import type { OrganizationUrl } from '../organization-list/organization-url.ts'

/** Props of `<CreateOrganization />`. */
export interface CreateOrganizationProps extends CommonProps {
  /** Where to go with the new organization; `:id` and `:slug` stand for its own. Default: the page about it. */
  readonly afterCreateOrganizationUrl?: OrganizationUrl | undefined
  /** Asks for no members at once. */
  readonly skipInvitationScreen?: boolean | undefined
  /** Asks for no slug: the server makes one. */
  readonly hideSlug?: boolean | undefined
}
