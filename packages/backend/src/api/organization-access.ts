import type { Endpoints, PageParams } from './endpoints.ts'
import type { OrganizationPermission, OrganizationRole } from './organization-resources.ts'
import { type DeletedObject, type PaginatedResponse, toList } from './resources.ts'

interface AccessListParams extends PageParams {
  /** Part of a name or a key. */
  readonly query?: string
  /** `created_at`, `name` or `key`; a leading `-` reverses. Default: `-created_at`. */
  readonly orderBy?: string
}

interface AccessParams {
  readonly name?: string
  readonly key?: string
  readonly description?: string | null
}

interface RoleParams extends AccessParams {
  /** Ids of permissions. */
  readonly permissions?: readonly string[]
}

interface RolePermissionId {
  readonly organizationRoleId: string
  readonly permissionId: string
}

/** What members of organizations can be. */
export interface OrganizationRolesApi {
  /** Lists roles with their permissions. */
  getOrganizationRoleList(params?: AccessListParams): Promise<PaginatedResponse<OrganizationRole>>
  /** Fetches one role with its permissions. */
  getOrganizationRole(organizationRoleId: string): Promise<OrganizationRole>
  /** Creates a role. */
  createOrganizationRole(
    params: RoleParams & {
      readonly name: string
      /** `org:` and lower-case letters, digits or underscores. */
      readonly key: string
      readonly includeInInitialRoleSet?: boolean
    },
  ): Promise<OrganizationRole>
  /** Changes what is given of a role; permissions replace those it has. */
  updateOrganizationRole(
    params: RoleParams & { readonly organizationRoleId: string },
  ): Promise<OrganizationRole>
  /** Deletes a role. */
  deleteOrganizationRole(organizationRoleId: string): Promise<DeletedObject>
  /** Gives a role a permission, and returns the role. */
  assignPermissionToOrganizationRole(params: RolePermissionId): Promise<OrganizationRole>
  /** Takes a permission from a role, and returns the role. */
  removePermissionFromOrganizationRole(params: RolePermissionId): Promise<OrganizationRole>
}

/** What roles of organizations may do. */
export interface OrganizationPermissionsApi {
  /** Lists permissions. */
  getOrganizationPermissionList(
    params?: AccessListParams,
  ): Promise<PaginatedResponse<OrganizationPermission>>
  /** Fetches one permission. */
  getOrganizationPermission(permissionId: string): Promise<OrganizationPermission>
  /** Creates a permission. No role has it yet. */
  createOrganizationPermission(
    params: AccessParams & {
      readonly name: string
      /** `org:feature:action`, but not `org:sys_…`. */
      readonly key: string
    },
  ): Promise<OrganizationPermission>
  /** Changes what is given of a permission. */
  updateOrganizationPermission(
    params: AccessParams & { readonly permissionId: string },
  ): Promise<OrganizationPermission>
  /** Deletes a permission. */
  deleteOrganizationPermission(permissionId: string): Promise<DeletedObject>
}

/** How each method of {@link OrganizationRolesApi} is carried out. */
// oxfmt-ignore
export const ORGANIZATION_ROLES: Endpoints<OrganizationRolesApi> = {
  getOrganizationRoleList:              { request: (query) => ({ method: 'GET', path: ['organization_roles'], query }), read: toList },
  getOrganizationRole:                  { request: (id) => ({ method: 'GET', path: ['organization_roles', id] }) },
  createOrganizationRole:               { request: (body) => ({ method: 'POST', path: ['organization_roles'], body }) },
  updateOrganizationRole:               { request: ({ organizationRoleId, ...body }) => ({ method: 'PATCH', path: ['organization_roles', organizationRoleId], body }) },
  deleteOrganizationRole:               { request: (id) => ({ method: 'DELETE', path: ['organization_roles', id] }) },
  assignPermissionToOrganizationRole:   { request: ({ organizationRoleId, permissionId }) => ({ method: 'POST', path: ['organization_roles', organizationRoleId, 'permissions', permissionId] }) },
  removePermissionFromOrganizationRole: { request: ({ organizationRoleId, permissionId }) => ({ method: 'DELETE', path: ['organization_roles', organizationRoleId, 'permissions', permissionId] }) },
}

/** How each method of {@link OrganizationPermissionsApi} is carried out. */
// oxfmt-ignore
export const ORGANIZATION_PERMISSIONS: Endpoints<OrganizationPermissionsApi> = {
  getOrganizationPermissionList: { request: (query) => ({ method: 'GET', path: ['organization_permissions'], query }), read: toList },
  getOrganizationPermission:     { request: (id) => ({ method: 'GET', path: ['organization_permissions', id] }) },
  createOrganizationPermission:  { request: (body) => ({ method: 'POST', path: ['organization_permissions'], body }) },
  updateOrganizationPermission:  { request: ({ permissionId, ...body }) => ({ method: 'PATCH', path: ['organization_permissions', permissionId], body }) },
  deleteOrganizationPermission:  { request: (id) => ({ method: 'DELETE', path: ['organization_permissions', id] }) },
}
