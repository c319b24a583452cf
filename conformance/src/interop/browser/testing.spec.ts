/** `@clerk/testing` from npm, against the development instance and a page of the published browser client. */
import { createClerkClient } from '@clerk/backend'
import { clerk, clerkSetup, setupClerkTestingToken } from '@clerk/testing/playwright'

import { expect, test } from './fixtures.ts'

// Nobody trusts the certificate of a loopback address.
test.use({ ignoreHTTPSErrors: true })

test.beforeAll(async ({ site }) => {
  const { publishableKey, secretKey, apiUrl } = site.development.keys
  // As its documentation says: from the environment.
  Object.assign(process.env, { CLERK_SECRET_KEY: secretKey, CLERK_API_URL: apiUrl })
  await clerkSetup({ publishableKey, dotenv: false })
})

test.afterAll(() => {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('CLERK_')) delete process.env[name]
  }
})

test('its helpers sign a user in by password, by code and by ticket, and out again', async ({
  page,
  person,
  site,
}) => {
  const backend = createClerkClient({
    ...site.development.keys,
    telemetry: { disabled: true },
  })
  const identifier = person.email.replace('@', '+clerk_test@')
  const { password } = person
  const { id } = await backend.users.createUser({ emailAddress: [identifier], password })

  await page.goto(site.development.url)
  await clerk.signIn({ page, signInParams: { strategy: 'password', identifier, password } })
  await expect(page.locator('#who')).toHaveText(new RegExp(`^${id}`))
  await clerk.signOut({ page })
  await person.expectSignedOut()
  await clerk.signIn({ page, signInParams: { strategy: 'email_code', identifier } })
  await expect(page.locator('#who')).toHaveText(new RegExp(`^${id}`))
  await clerk.signOut({ page })
  await person.expectSignedOut()
  // By an address alone it would ask the API in Clerk's cloud for the ticket.
  const { token: ticket } = await backend.signInTokens.createSignInToken({
    userId: id,
    expiresInSeconds: 60,
  })
  await clerk.signIn({ page, signInParams: { strategy: 'ticket', ticket } })
  await expect(page.locator('#who')).toHaveText(new RegExp(`^${id}`))
})

test('its token passes the checks for robots', async ({ page, person, site }) => {
  await setupClerkTestingToken({ page })
  await page.goto(site.development.url)
  await person.expectSignedOut()
  await page.evaluate(`Clerk.client.signUp.create({ emailAddress: '${person.email}' })`)
  expect(await page.evaluate('Clerk.client.captchaBypass')).toBe(true)
})
