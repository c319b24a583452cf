import { expect } from 'vitest'

import type { Case } from './world.ts'

/** `client.instance`, and addresses that pages may lead to. */
export const settings: readonly Case[] = [
  {
    title: 'reads and changes the settings of the instance',
    since: 3,
    run: async ({ client }) => {
      const before = await client.instance.get()
      expect(before).toMatchObject({ environmentType: 'development' })
      expect(before.id).toMatch(/^ins_/)
      const allowedOrigins = ['https://app.example.com']
      expect(await client.instance.update({ allowedOrigins, testMode: true })).toBeFalsy()
      expect(await client.instance.get()).toMatchObject({ allowedOrigins })
      await client.instance.update({ allowedOrigins: before.allowedOrigins ?? [] })
      expect(await client.instance.get()).toEqual(before)
    },
  },
  {
    title: 'restricts who may sign up',
    since: 3,
    run: async ({ client }) => {
      expect(
        await client.instance.updateRestrictions({ blocklist: true, allowlist: null }),
      ).toMatchObject({ blocklist: true, allowlist: false, blockEmailSubaddresses: false })
      expect(await client.instance.updateRestrictions({ blocklist: false })).toMatchObject({
        blocklist: false,
      })
    },
  },
  {
    title: 'registers addresses that native apps are sent back to',
    run: async ({ client }) => {
      const url = 'my-app://signed-in'
      const { id } = await client.redirectUrls.createRedirectUrl({ url })
      expect(await client.redirectUrls.getRedirectUrl(id)).toMatchObject({ id, url })
      const { data } = await client.redirectUrls.getRedirectUrlList()
      expect(data).toMatchObject([{ id, url }])
      await client.redirectUrls.deleteRedirectUrl(id)
      await expect(client.redirectUrls.getRedirectUrl(id)).rejects.toMatchObject({ status: 404 })
    },
  },
]
