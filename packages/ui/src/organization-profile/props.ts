import type { CommonProps } from '../props.ts'

/** Props of `<OrganizationProfile />`. */
export interface OrganizationProfileProps extends CommonProps {
  /** Where to go after leaving or deleting the organization. Default: nowhere. */
  readonly afterLeaveOrganizationUrl?: string | undefined
}
