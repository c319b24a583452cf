import type { OrganizationJSON } from '../organization-profile/wire.ts'

/** An address with `:id` and `:slug` in it, or what makes one. */
export type OrganizationUrl =
  | string
  | ((organization: {
      readonly id: string
      readonly name: string
      readonly slug: string | null
    }) => string)

/** Fills in what an address says of an organization. */
export function resolveOrganizationUrl(
  url: OrganizationUrl | undefined,
  organization: OrganizationJSON,
): string | undefined {
  if (typeof url === 'function') return url(organization)
  return url?.replaceAll(/:(id|slug)\b/g, (_, name: 'id' | 'slug') =>
    encodeURIComponent(organization[name] ?? ''),
  )
}
