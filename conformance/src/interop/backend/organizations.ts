import { expect } from 'vitest'

import { PIXEL } from './users.ts'
import type { Case } from './world.ts'

/** `client.organizations`, and the roles and permissions in them. */
export const organizations: readonly Case[] = [
  {
    title: 'creates, reads, updates and deletes organizations',
    run: async ({ client, createUser }) => {
      const { id: createdBy } = await createUser()
      const created = await client.organizations.createOrganization({
        name: 'Analytical Engines',
        slug: 'engines',
        createdBy,
        maxAllowedMemberships: 7,
        publicMetadata: { plan: 'pro' },
      })
      expect(created).toMatchObject({
        name: 'Analytical Engines',
        slug: 'engines',
        createdBy,
        hasImage: false,
        maxAllowedMemberships: 7,
        adminDeleteEnabled: true,
        publicMetadata: { plan: 'pro' },
      })
      const { id: organizationId } = created
      expect(await client.organizations.getOrganization({ organizationId })).toMatchObject({
        id: organizationId,
      })
      expect(await client.organizations.getOrganization({ slug: 'engines' })).toMatchObject({
        id: organizationId,
      })
      const updated = await client.organizations.updateOrganization(organizationId, {
        name: 'Difference Engines',
        publicMetadata: { plan: 'free' },
      })
      expect(updated).toMatchObject({
        name: 'Difference Engines',
        publicMetadata: { plan: 'free' },
      })
      const merged = await client.organizations.updateOrganizationMetadata(organizationId, {
        publicMetadata: { seats: 2 },
      })
      expect(merged.publicMetadata).toEqual({ plan: 'free', seats: 2 })
      const listed = await client.organizations.getOrganizationList({
        query: 'difference',
        includeMembersCount: true,
      })
      expect(listed).toMatchObject({ totalCount: 1, data: [{ membersCount: 1 }] })
      expect(await client.organizations.deleteOrganization(organizationId)).toMatchObject({
        object: 'organization',
        id: organizationId,
        deleted: true,
      })
      await expect(client.organizations.getOrganization({ organizationId })).rejects.toMatchObject({
        status: 404,
      })
    },
  },
  {
    title: 'replaces metadata of organizations, and lists members of all of them',
    since: 3,
    run: async ({ client, createUser }) => {
      const { id: createdBy } = await createUser()
      const { id } = await client.organizations.createOrganization({
        name: 'Whole',
        createdBy,
        publicMetadata: { a: 1 },
      })
      const { publicMetadata } = await client.organizations.replaceOrganizationMetadata(id, {
        publicMetadata: { b: 2 },
      })
      expect(publicMetadata).toEqual({ b: 2 })
      const { data } = await client.organizations.getInstanceOrganizationMembershipList({
        limit: 100,
      })
      expect(data.filter(({ organization }) => organization.id === id)).toMatchObject([
        { role: 'org:admin', publicUserData: { userId: createdBy } },
      ])
    },
  },
  {
    title: 'uploads and removes logos',
    run: async ({ client, createUser }) => {
      const { id: uploaderUserId } = await createUser()
      const { id } = await client.organizations.createOrganization({
        name: 'Logos',
        createdBy: uploaderUserId,
      })
      const file = new Blob([PIXEL], { type: 'image/png' })
      const uploaded = await client.organizations.updateOrganizationLogo(id, {
        file,
        uploaderUserId,
      })
      expect(uploaded.hasImage).toBe(true)
      const image = await fetch(uploaded.imageUrl)
      expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/png'])
      expect((await client.organizations.deleteOrganizationLogo(id)).hasImage).toBe(false)
    },
  },
  {
    title: 'takes members in, changes their roles and metadata, and removes them',
    run: async ({ client, createUser }) => {
      const [admin, member] = [await createUser(), await createUser()]
      const { id: organizationId } = await client.organizations.createOrganization({
        name: 'Members',
        createdBy: admin.id,
      })
      const one = { organizationId, userId: member.id }
      const created = await client.organizations.createOrganizationMembership({
        ...one,
        role: 'org:member',
      })
      expect(created).toMatchObject({
        role: 'org:member',
        organization: { id: organizationId },
        publicUserData: {
          userId: member.id,
          identifier: member.primaryEmailAddress?.emailAddress,
        },
      })
      const list = await client.organizations.getOrganizationMembershipList({
        organizationId,
        orderBy: '+created_at',
      })
      expect(list.totalCount).toBe(2)
      expect(list.data.map((it) => it.publicUserData?.userId)).toEqual([admin.id, member.id])
      await expect(
        client.organizations.deleteOrganizationMembership({ organizationId, userId: admin.id }),
      ).rejects.toMatchObject({
        status: 400,
        errors: [{ code: 'organization_minimum_permissions_needed' }],
      })
      expect(
        await client.organizations.updateOrganizationMembership({ ...one, role: 'org:admin' }),
      ).toMatchObject({
        role: 'org:admin',
        permissions: expect.arrayContaining(['org:sys_memberships:manage']),
      })
      expect(
        await client.organizations.updateOrganizationMembershipMetadata({
          ...one,
          publicMetadata: { desk: 4 },
        }),
      ).toMatchObject({ publicMetadata: { desk: 4 } })
      expect(await client.organizations.deleteOrganizationMembership(one)).toMatchObject({
        publicUserData: { userId: member.id },
      })
    },
  },
  {
    title: 'invites people, and takes invitations back',
    run: async ({ client, createUser }) => {
      const { id: inviterUserId } = await createUser()
      const { id: organizationId } = await client.organizations.createOrganization({
        name: 'Inviting',
        createdBy: inviterUserId,
      })
      const invite = () =>
        client.organizations.createOrganizationInvitation({
          organizationId,
          inviterUserId,
          emailAddress: 'guest@example.com',
          role: 'org:member',
          publicMetadata: { from: 'here' },
        })
      const invitation = await invite()
      expect(invitation).toMatchObject({
        organizationId,
        emailAddress: 'guest@example.com',
        role: 'org:member',
        status: 'pending',
        publicMetadata: { from: 'here' },
      })
      await expect(invite()).rejects.toMatchObject({
        status: 400,
        errors: [{ code: 'organization_invitation_not_unique' }],
      })
      const one = { organizationId, invitationId: invitation.id }
      expect(await client.organizations.getOrganizationInvitation(one)).toMatchObject({
        id: invitation.id,
      })
      expect(
        await client.organizations.getOrganizationInvitationList({
          organizationId,
          status: ['pending'],
        }),
      ).toMatchObject({ totalCount: 1, data: [{ id: invitation.id }] })
      expect(
        await client.organizations.revokeOrganizationInvitation({
          ...one,
          requestingUserId: inviterUserId,
        }),
      ).toMatchObject({ status: 'revoked' })
    },
  },
  {
    title: 'invites many at once',
    since: 3,
    run: async ({ client, createUser }) => {
      const { id: inviterUserId } = await createUser()
      const { id } = await client.organizations.createOrganization({
        name: 'Crowd',
        createdBy: inviterUserId,
      })
      const { data } = await client.organizations.createOrganizationInvitationBulk(
        id,
        ['one', 'two'].map((name) => ({
          inviterUserId,
          emailAddress: `${name}@example.com`,
          role: 'org:member' as const,
        })),
      )
      expect(data.map((it) => [it.emailAddress, it.status])).toEqual([
        ['one@example.com', 'pending'],
        ['two@example.com', 'pending'],
      ])
    },
  },
  {
    title: 'keeps domains of organizations',
    run: async ({ client, createUser, version }) => {
      const { id: createdBy } = await createUser()
      const { id: organizationId } = await client.organizations.createOrganization({
        name: 'Domains',
        createdBy,
      })
      // The client hands domains on as they come.
      const created = (await client.organizations.createOrganizationDomain({
        organizationId,
        name: `v${version}.example.org`,
        enrollmentMode: 'manual_invitation',
        verified: true,
      })) as unknown as Record<string, unknown>
      expect(created).toMatchObject({
        object: 'organization_domain',
        organization_id: organizationId,
        enrollment_mode: 'manual_invitation',
        verification: { status: 'verified' },
      })
      const one = { organizationId, domainId: String(created['id']) }
      expect(
        await client.organizations.updateOrganizationDomain({
          ...one,
          enrollmentMode: 'automatic_suggestion',
        }),
      ).toMatchObject({ enrollment_mode: 'automatic_suggestion' })
      expect(
        await client.organizations.getOrganizationDomainList({ organizationId, limit: 5 }),
      ).toMatchObject({ totalCount: 1 })
      expect(await client.organizations.deleteOrganizationDomain(one)).toMatchObject({
        id: one.domainId,
        deleted: true,
      })
    },
  },
  {
    title: 'defines roles and permissions',
    since: 3,
    run: async ({ client }) => {
      const permission = await client.organizationPermissions.createOrganizationPermission({
        name: 'Read reports',
        key: 'org:reports:read',
      })
      expect(permission).toMatchObject({ key: 'org:reports:read', name: 'Read reports' })
      const { id: permissionId } = permission
      expect(
        await client.organizationPermissions.updateOrganizationPermission({
          permissionId,
          name: 'Read all reports',
        }),
      ).toMatchObject({ name: 'Read all reports' })
      expect(
        await client.organizationPermissions.getOrganizationPermission(permissionId),
      ).toMatchObject({ id: permissionId })
      const permissions = await client.organizationPermissions.getOrganizationPermissionList({
        query: 'reports',
      })
      expect(permissions).toMatchObject({ totalCount: 1, data: [{ id: permissionId }] })

      const role = await client.organizationRoles.createOrganizationRole({
        name: 'Auditor',
        key: 'org:auditor',
        permissions: [permissionId],
      })
      expect(role).toMatchObject({ key: 'org:auditor', permissions: [{ id: permissionId }] })
      const { id: roleId } = role
      expect(
        await client.organizationRoles.removePermissionFromOrganizationRole({
          organizationRoleId: roleId,
          permissionId,
        }),
      ).toMatchObject({ permissions: [] })
      expect(
        await client.organizationRoles.assignPermissionToOrganizationRole({
          organizationRoleId: roleId,
          permissionId,
        }),
      ).toMatchObject({ permissions: [{ key: 'org:reports:read' }] })
      expect(
        await client.organizationRoles.updateOrganizationRole({
          organizationRoleId: roleId,
          name: 'Inspector',
        }),
      ).toMatchObject({ name: 'Inspector' })
      expect(await client.organizationRoles.getOrganizationRole(roleId)).toMatchObject({
        id: roleId,
      })
      const { data } = await client.organizationRoles.getOrganizationRoleList({})
      expect(data.map(({ key }) => key)).toEqual(
        expect.arrayContaining(['org:admin', 'org:member', 'org:auditor']),
      )
      expect(await client.organizationRoles.deleteOrganizationRole(roleId)).toMatchObject({
        id: roleId,
        deleted: true,
      })
      expect(
        await client.organizationPermissions.deleteOrganizationPermission(permissionId),
      ).toMatchObject({ id: permissionId, deleted: true })
    },
  },
  {
    title: 'reads and changes the settings of organizations',
    since: 3,
    run: async ({ client }) => {
      const before = await client.instance.getOrganizationSettings()
      expect(before).toMatchObject({ enabled: true, creatorRole: 'org:admin' })
      const after = await client.instance.updateOrganizationSettings({ maxAllowedMemberships: 50 })
      expect(after).toMatchObject({ enabled: true, maxAllowedMemberships: 50 })
    },
  },
]
