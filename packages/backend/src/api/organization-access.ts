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
  getOrganizationRoleList(params?: AccessListParams): Promise<PaginatedResponse<OrganizationRole>>
  getOrganizationRole(organizationRoleId: string): Promise<OrganizationRole>
  createOrganizationRole(
    params: RoleParams & {
      readonly name: string
      /** `org:` and lower-case letters, digits or underscores. */
      readonly key: string
      readonly includeInInitialRoleSet?: boolean
    },
  ): Promise<OrganizationRole>
  updateOrganizationRole(
    params: RoleParams & { readonly organizationRoleId: string },
  ): Promise<OrganizationRole>
  deleteOrganizationRole(organizationRoleId: string): Promise<DeletedObject>
  assignPermissionToOrganizationRole(params: RolePermissionId): Promise<OrganizationRole>
  removePermissionFromOrganizationRole(params: RolePermissionId): Promise<OrganizationRole>
}

/** What roles of organizations may do. */
export interface OrganizationPermissionsApi {
  getOrganizationPermissionList(
    params?: AccessListParams,
  ): Promise<PaginatedResponse<OrganizationPermission>>
  getOrganizationPermission(permissionId: string): Promise<OrganizationPermission>
  createOrganizationPermission(
    params: AccessParams & {
      readonly name: string
      /** `org:feature:action`, but not `org:sys_…`. */
      readonly key: string
    },
  ): Promise<OrganizationPermission>
  updateOrganizationPermission(
    params: AccessParams & { readonly permissionId: string },
  ): Promise<OrganizationPermission>
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
