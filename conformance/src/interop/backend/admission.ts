import { randomUUID } from 'node:crypto'

import { expect } from 'vitest'

import { Page } from '../page.ts'
import type { Case } from './world.ts'

const anAddress = (): string => `grace.${randomUUID()}@example.com`

/** Who may come in: lists, invitations, the waitlist, and sign-ups under way. */
export const admission: readonly Case[] = [
  {
    title: 'puts identifiers on the allowlist, and takes them off again',
    run: async ({ client }) => {
      const api = client.allowlistIdentifiers
      const identifier = anAddress()
      const made = await api.createAllowlistIdentifier({ identifier, notify: false })
      expect(made).toMatchObject({ identifier })
      const domain = await api.createAllowlistIdentifier({
        identifier: '*@example.org',
        notify: false,
      })
      const { data, totalCount } = await api.getAllowlistIdentifierList()
      expect(totalCount).toBe(2)
      expect(data.map(({ id }) => id)).toEqual([domain.id, made.id])
      await expect(
        api.createAllowlistIdentifier({ identifier, notify: false }),
      ).rejects.toMatchObject({ errors: [{ code: 'duplicate_record' }] })
      for (const { id } of data) {
        expect(await api.deleteAllowlistIdentifier(id)).toMatchObject({ id })
      }
      expect((await api.getAllowlistIdentifierList()).data).toEqual([])
    },
  },
  {
    title: 'puts identifiers on the blocklist, and takes them off again',
    since: 3,
    run: async ({ client }) => {
      const api = client.blocklistIdentifiers
      const identifier = anAddress()
      const { id } = await api.createBlocklistIdentifier({ identifier })
      expect(await api.getBlocklistIdentifierList()).toMatchObject({
        totalCount: 1,
        data: [{ id, identifier, identifierType: 'email_address' }],
      })
      expect(await api.deleteBlocklistIdentifier(id)).toMatchObject({ id, deleted: true })
    },
  },
  {
    title: 'invites people into the application, and takes invitations back',
    run: async ({ client }) => {
      const emailAddress = anAddress()
      const made = await client.invitations.createInvitation({
        emailAddress,
        publicMetadata: { plan: 'pro' },
        notify: false,
      })
      expect(made).toMatchObject({
        emailAddress,
        publicMetadata: { plan: 'pro' },
        status: 'pending',
      })
      expect(new URL(made.url ?? '').pathname).toMatch(/^\/v1\/tickets\/accept/)
      const listed = await client.invitations.getInvitationList({ status: 'pending' })
      expect(listed.data.map(({ id }) => id)).toContain(made.id)
      await expect(
        client.invitations.createInvitation({ emailAddress, notify: false }),
      ).rejects.toMatchObject({ status: 400, errors: [{ code: 'duplicate_record' }] })
      expect(await client.invitations.revokeInvitation(made.id)).toMatchObject({
        status: 'revoked',
        revoked: true,
      })
      await expect(client.invitations.revokeInvitation(made.id)).rejects.toMatchObject({
        status: 400,
        errors: [{ code: 'invitation_already_revoked' }],
      })
    },
  },
  {
    title: 'invites several people at once, and finds them by a word',
    since: 3,
    run: async ({ client }) => {
      const addresses = [anAddress(), anAddress()]
      const made = await client.invitations.createInvitationBulk(
        addresses.map((emailAddress) => ({ emailAddress, notify: false, expiresInDays: 3 })),
      )
      expect(made.map(({ emailAddress }) => emailAddress)).toEqual(addresses)
      const found = await client.invitations.getInvitationList({
        query: addresses[1]?.slice(0, 20) ?? '',
        orderBy: '-created_at',
      })
      expect(found).toMatchObject({ totalCount: 1, data: [{ id: made[1]?.id }] })
    },
  },
  {
    title: 'lets people wait, invites them, turns them down and forgets them',
    since: 3,
    run: async ({ client }) => {
      const api = client.waitlistEntries
      const emailAddress = anAddress()
      const made = await api.create({ emailAddress, notify: false })
      expect(made).toMatchObject({ emailAddress, status: 'pending', invitation: null })
      const others = await api.createBulk([
        { emailAddress: anAddress(), notify: false },
        { emailAddress: anAddress(), notify: false },
      ])
      expect(others).toHaveLength(2)
      const invited = await api.invite(made.id)
      expect(invited).toMatchObject({
        status: 'invited',
        invitation: { emailAddress, status: 'pending' },
      })
      const waiting = await api.list({ status: 'pending', orderBy: '+created_at' })
      expect(waiting.totalCount).toBe(2)
      expect(new Set(waiting.data.map(({ id }) => id))).toEqual(new Set(others.map(({ id }) => id)))
      expect(await api.reject(others[0]?.id ?? '')).toMatchObject({ status: 'rejected' })
      for (const { id } of [made, ...others]) {
        expect(await api.delete(id)).toMatchObject({ id, deleted: true })
      }
    },
  },
  {
    title: 'reads a sign-up under way, and adds to it',
    since: 3,
    run: async ({ client, keys }) => {
      const emailAddress = anAddress()
      const page = await Page.open(keys)
      const { body } = await page.post('/client/sign_ups', { email_address: emailAddress })
      const signUpAttemptId = body.response.id as string
      expect(await client.signUps.get(signUpAttemptId)).toMatchObject({
        id: signUpAttemptId,
        status: 'missing_requirements',
        emailAddress,
        unverifiedFields: ['email_address'],
        verifications: { emailAddress: { nextAction: 'needs_prepare' } },
        createdUserId: null,
      })
      expect(
        await client.signUps.update({ signUpAttemptId, externalId: 'ext_2', customAction: true }),
      ).toMatchObject({ externalId: 'ext_2', customAction: true })
    },
  },
]
