import { expect } from 'vitest'

import type { Case } from './world.ts'

/** Applications that a framework's first start asks for, without an account. */
export const applications: readonly Case[] = [
  {
    title: 'gets an application without an account, whose key asks the same server',
    run: async ({ client, keys, sdk }) => {
      const api = client.__experimental_accountlessApplications
      const made = await api.createAccountlessApplication()
      expect(made.publishableKey).toMatch(/^pk_test_/)
      const { apiUrl } = keys
      // Its own host is for browsers: few systems resolve names below localhost.
      const own = sdk.createClerkClient({ ...made, apiUrl, telemetry: { disabled: true } })
      expect(await own.users.getCount()).toBe(0)
      const { __experimental_accountlessApplications: its } = own
      const complete = await its.completeAccountlessApplicationOnboarding()
      expect({ ...complete }).toEqual({ ...made })
    },
  },
  {
    title: 'has nothing to complete where the instance was made in another way',
    run: async ({ client }) => {
      const api = client.__experimental_accountlessApplications
      await expect(api.completeAccountlessApplicationOnboarding()).rejects.toMatchObject({
        status: 404,
      })
    },
  },
]
