import { expect } from 'vitest'

import type { Case } from './world.ts'

/** One white pixel. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=',
  'base64',
)

/** `client.users`. */
export const users: readonly Case[] = [
  {
    title: 'creates, reads and updates users, as objects of its classes',
    run: async ({ client }) => {
      const created = await client.users.createUser({
        externalId: 'ext_1',
        emailAddress: ['grace@example.com', 'hopper@example.com'],
        password: 'correct horse battery staple',
        firstName: 'Grace',
        lastName: 'Hopper',
        publicMetadata: { camelKey: { nestedKey: 1 } },
        privateMetadata: { secret: true },
        unsafeMetadata: { theme: 'dark' },
      })
      expect(created.id).toMatch(/^user_/)
      expect(created).toMatchObject({
        externalId: 'ext_1',
        firstName: 'Grace',
        fullName: 'Grace Hopper',
        passwordEnabled: true,
        twoFactorEnabled: false,
        hasImage: false,
        banned: false,
        locked: false,
        publicMetadata: { camelKey: { nestedKey: 1 } },
        privateMetadata: { secret: true },
        unsafeMetadata: { theme: 'dark' },
        lastSignInAt: null,
        createOrganizationEnabled: true,
      })
      expect(created.emailAddresses.map((it) => it.emailAddress)).toEqual([
        'grace@example.com',
        'hopper@example.com',
      ])
      expect(created.primaryEmailAddress).toMatchObject({
        emailAddress: 'grace@example.com',
        linkedTo: [],
        verification: { status: 'verified', strategy: 'admin' },
      })
      expect(() => new URL(created.imageUrl)).not.toThrow()
      expect(Math.abs(Date.now() - created.createdAt)).toBeLessThan(60_000)

      expect(await client.users.getUser(created.id)).toEqual(created)
      const second = created.emailAddresses[1]?.id ?? ''
      const updated = await client.users.updateUser(created.id, {
        lastName: 'Murray',
        primaryEmailAddressID: second,
        publicMetadata: { only: 'this' },
      })
      expect(updated).toMatchObject({
        fullName: 'Grace Murray',
        primaryEmailAddressId: second,
        publicMetadata: { only: 'this' },
      })
      expect(updated.updatedAt).toBeGreaterThan(created.updatedAt)
    },
  },
  {
    title: 'merges metadata, and drops what is null',
    run: async ({ client, createUser }) => {
      const { id } = await createUser()
      await client.users.updateUserMetadata(id, { publicMetadata: { a: { b: 1, c: 2 } } })
      const merged = await client.users.updateUserMetadata(id, {
        publicMetadata: { a: { b: null }, d: [1] },
        privateMetadata: { e: 3 },
      })
      expect(merged.publicMetadata).toEqual({ a: { c: 2 }, d: [1] })
      expect(merged.privateMetadata).toEqual({ e: 3 })
    },
  },
  {
    title: 'replaces metadata whole',
    since: 3,
    run: async ({ client, createUser }) => {
      const { id } = await createUser()
      await client.users.updateUserMetadata(id, { publicMetadata: { a: 1 } })
      const replaced = await client.users.replaceUserMetadata(id, { publicMetadata: { b: 2 } })
      expect(replaced.publicMetadata).toEqual({ b: 2 })
    },
  },
  {
    title: 'lists and counts users by their addresses, ids and words, page by page',
    run: async ({ client, createUser }) => {
      const [one, two] = [await createUser(), await createUser()]
      const emailAddress = [one, two].map((it) => it.primaryEmailAddress?.emailAddress ?? '')
      const all = await client.users.getUserList({ emailAddress, orderBy: '+created_at' })
      expect(all.totalCount).toBe(2)
      expect(all.data.map(({ id }) => id)).toEqual([one.id, two.id])
      const page = await client.users.getUserList({ userId: [one.id, two.id], limit: 1, offset: 1 })
      expect(page.totalCount).toBe(2)
      expect(page.data.map(({ id }) => id)).toEqual([one.id])
      expect(await client.users.getCount({ query: emailAddress[0]?.slice(0, 30) ?? '' })).toBe(1)
      expect(await client.users.getCount({ emailAddress: ['nobody@example.com'] })).toBe(0)
    },
  },
  {
    title: 'bans and locks users, and takes both back',
    run: async ({ client, createUser, signIn }) => {
      const { id } = await createUser()
      const { sessionId } = await signIn(id)
      expect((await client.users.banUser(id)).banned).toBe(true)
      expect((await client.sessions.getSession(sessionId)).status).toBe('revoked')
      expect((await client.users.unbanUser(id)).banned).toBe(false)
      expect((await client.users.lockUser(id)).locked).toBe(true)
      expect((await client.users.unlockUser(id)).locked).toBe(false)
    },
  },
  {
    title: 'verifies passwords',
    run: async ({ client, createUser }) => {
      const { id: userId } = await createUser()
      const right = { userId, password: 'correct horse battery staple' }
      await client.users.updateUser(userId, { password: right.password })
      expect(await client.users.verifyPassword(right)).toMatchObject({ verified: true })
      await expect(
        client.users.verifyPassword({ userId, password: 'something else' }),
      ).rejects.toMatchObject({ status: 422, errors: [{ code: 'incorrect_password' }] })
    },
  },
  {
    title: 'lists the organizations of a user',
    run: async ({ client, createUser }) => {
      const { id: userId } = await createUser()
      const { id } = await client.organizations.createOrganization({
        name: 'Acme',
        createdBy: userId,
      })
      const { data, totalCount } = await client.users.getOrganizationMembershipList({ userId })
      expect(totalCount).toBe(1)
      expect(data[0]).toMatchObject({
        role: 'org:admin',
        organization: { id, name: 'Acme' },
        publicUserData: { userId },
      })
    },
  },
  {
    title: 'lists the invitations of a user',
    since: 3,
    run: async ({ client, createUser }) => {
      const [admin, guest] = [await createUser(), await createUser()]
      const { id: organizationId } = await client.organizations.createOrganization({
        name: 'Guests',
        createdBy: admin.id,
      })
      await client.organizations.createOrganizationInvitation({
        organizationId,
        inviterUserId: admin.id,
        emailAddress: guest.primaryEmailAddress?.emailAddress ?? '',
        role: 'org:member',
      })
      const { data, totalCount } = await client.users.getOrganizationInvitationList({
        userId: guest.id,
      })
      expect(totalCount).toBe(1)
      expect(data[0]).toMatchObject({
        organizationId,
        status: 'pending',
        publicOrganizationData: { id: organizationId, name: 'Guests' },
      })
    },
  },
  {
    title: 'deletes users, once',
    run: async ({ client, createUser }) => {
      const { id } = await createUser()
      expect(await client.users.deleteUser(id)).toMatchObject({ object: 'user', id, deleted: true })
      const gone = { status: 404, errors: [{ code: 'resource_not_found' }] }
      await expect(client.users.getUser(id)).rejects.toMatchObject(gone)
      await expect(client.users.deleteUser(id)).rejects.toMatchObject(gone)
    },
  },
  {
    title: 'tells what is wrong with a parameter',
    run: async ({ client, createUser }) => {
      const { primaryEmailAddress } = await createUser()
      const refused = client.users.createUser({
        emailAddress: [primaryEmailAddress?.emailAddress ?? ''],
        password: 'correct horse battery staple',
      })
      await expect(refused).rejects.toMatchObject({
        status: 422,
        clerkError: true,
        clerkTraceId: expect.stringMatching(/./),
        errors: [
          {
            code: 'form_identifier_exists',
            message: expect.stringMatching(/./),
            longMessage: expect.stringMatching(/./),
            meta: { paramName: 'email_address' },
          },
        ],
      })
    },
  },
]
