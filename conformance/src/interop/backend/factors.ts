import { randomUUID } from 'node:crypto'

import { expect } from 'vitest'

import { PIXEL } from './users.ts'
import type { Case } from './world.ts'

/** What a user has: addresses, a password, a picture, and further ways to sign in. */
export const factors: readonly Case[] = [
  {
    title: 'adds, proves and removes addresses of a user',
    run: async ({ client, createUser }) => {
      const { id: userId } = await createUser()
      const emailAddress = `second.${randomUUID()}@example.com`
      const made = await client.emailAddresses.createEmailAddress({ userId, emailAddress })
      expect(made).toMatchObject({ emailAddress, verification: null })
      expect(await client.emailAddresses.getEmailAddress(made.id)).toEqual(made)
      const proven = await client.emailAddresses.updateEmailAddress(made.id, {
        verified: true,
        primary: true,
      })
      expect(proven.verification).toMatchObject({ status: 'verified', strategy: 'admin' })
      const user = await client.users.getUser(userId)
      expect(user.primaryEmailAddressId).toBe(made.id)
      expect(user.emailAddresses).toHaveLength(2)
      expect(await client.emailAddresses.deleteEmailAddress(made.id)).toMatchObject({
        id: made.id,
        deleted: true,
      })
      expect((await client.users.getUser(userId)).primaryEmailAddressId).not.toBe(made.id)
    },
  },
  {
    title: 'replaces every address of a user by one',
    since: 3,
    run: async ({ client, createUser }) => {
      const { id: userId } = await createUser()
      const emailAddress = `only.${randomUUID()}@example.com`
      expect(await client.users.replaceUserEmailAddress(userId, { emailAddress })).toMatchObject({
        emailAddress,
        verification: { status: 'verified' },
      })
      const user = await client.users.getUser(userId)
      expect(user.emailAddresses.map((it) => it.emailAddress)).toEqual([emailAddress])
      expect(user.primaryEmailAddress).toMatchObject({ emailAddress })
    },
  },
  {
    title: 'says that a password is known to others, and takes one away',
    since: 3,
    run: async ({ client, createUser, signIn }) => {
      const { id } = await createUser()
      await client.users.updateUser(id, { password: 'correct horse battery staple' })
      const { sessionId } = await signIn(id)
      await client.users.setPasswordCompromised(id, { revokeAllSessions: true })
      expect((await client.sessions.getSession(sessionId)).status).not.toBe('active')
      expect(await client.users.unsetPasswordCompromised(id)).toMatchObject({ id })
      expect(await client.users.removePassword(id)).toMatchObject({ passwordEnabled: false })
      await expect(client.users.removePassword(id)).rejects.toMatchObject({
        errors: [{ code: 'no_password_set' }],
      })
    },
  },
  {
    title: 'gives a user a picture, and takes it away',
    run: async ({ client, createUser }) => {
      const { id, hasImage } = await createUser()
      expect(hasImage).toBe(false)
      const file = new Blob([PIXEL], { type: 'image/png' })
      const pictured = await client.users.updateUserProfileImage(id, { file })
      expect(pictured.hasImage).toBe(true)
      const picture = await fetch(pictured.imageUrl)
      expect(picture.headers.get('content-type')).toMatch(/^image\//)
      expect(await client.users.deleteUserProfileImage(id)).toMatchObject({ hasImage: false })
    },
  },
  {
    title: 'switches second factors off where there are none, and has none to ask',
    run: async ({ client, createUser }) => {
      const { id: userId } = await createUser()
      await client.users.disableUserMFA(userId)
      expect((await client.users.getUser(userId)).twoFactorEnabled).toBe(false)
      await expect(client.users.verifyTOTP({ userId, code: '123456' })).rejects.toMatchObject({
        errors: [{ code: 'totp_disabled' }],
      })
      await expect(client.users.getUserOauthAccessToken(userId, 'google')).rejects.toMatchObject({
        errors: [{ code: 'oauth_token_provider_not_enabled' }],
      })
    },
  },
  {
    title: 'has no passkey, wallet or account elsewhere to delete',
    since: 3,
    run: async ({ client, createUser }) => {
      const { id: userId } = await createUser()
      // Its types promise another spelling of what it hands on as it came.
      expect(await client.users.deleteUserTOTP(userId)).toEqual({ user_id: userId })
      expect(await client.users.deleteUserBackupCodes(userId)).toEqual({ user_id: userId })
      const nothing = { status: 404, errors: [{ code: 'resource_not_found' }] }
      await expect(
        client.users.deleteUserPasskey({ userId, passkeyIdentificationId: 'idn_1' }),
      ).rejects.toMatchObject(nothing)
      await expect(
        client.users.deleteUserWeb3Wallet({ userId, web3WalletIdentificationId: 'idn_1' }),
      ).rejects.toMatchObject(nothing)
      await expect(
        client.users.deleteUserExternalAccount({ userId, externalAccountId: 'eac_1' }),
      ).rejects.toMatchObject(nothing)
    },
  },
]
