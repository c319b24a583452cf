/** What members of an organization may do. A permission is a key: `org:feature:action`. */

/** The permissions that the server itself asks for. */
export const SYSTEM_PERMISSIONS = {
  'org:sys_profile:manage': 'Manage organization',
  'org:sys_profile:delete': 'Delete organization',
  'org:sys_memberships:read': 'Read members',
  'org:sys_memberships:manage': 'Manage members',
  'org:sys_domains:read': 'Read domains',
  'org:sys_domains:manage': 'Manage domains',
} as const

/** Key of a permission that the server asks for. */
export type SystemPermission = keyof typeof SYSTEM_PERMISSIONS

/** The roles an instance begins with. */
export const DEFAULT_ROLES: readonly {
  readonly key: string
  readonly name: string
  readonly permissions: readonly SystemPermission[]
}[] = [
  {
    key: 'org:admin',
    name: 'Admin',
    permissions: Object.keys(SYSTEM_PERMISSIONS) as SystemPermission[],
  },
  { key: 'org:member', name: 'Member', permissions: ['org:sys_memberships:read'] },
]

/** What a role needs so that an organization is not left without anybody who can look after it. */
export const ELEVATED: readonly SystemPermission[] = [
  'org:sys_memberships:read',
  'org:sys_memberships:manage',
  'org:sys_profile:delete',
]

/** Tells whether permissions suffice to look after an organization. */
export function isElevated(permissions: readonly string[]): boolean {
  return ELEVATED.every((key) => permissions.includes(key))
}

/** Tells whether a permission is one of the server's own. They do not travel in tokens. */
export function isSystemPermission(key: string): boolean {
  return key.startsWith('org:sys_')
}

/**
 * Tells whether somebody with some permissions may hand out others: of the server's own none that
 * they lack, or whoever may manage members could make themselves an admin.
 */
export function mayGrant(own: readonly string[], granted: readonly string[]): boolean {
  return granted.every((key) => !isSystemPermission(key) || own.includes(key))
}
