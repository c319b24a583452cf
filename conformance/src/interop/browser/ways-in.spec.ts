/** The ways in that the published browser client and its components have, besides an address and a password. */
import { createClerkClient } from '@clerk/backend'

import { expect, test } from './fixtures.ts'

test('somebody signs in with a code instead of a password', async ({ page, person }) => {
  await person.haveAccount()
  await person.identify()
  await page.getByRole('link', { name: /use another method/i }).click()
  await page.getByRole('button', { name: /email code to/i }).click()
  await person.enterCode()
  await person.expectSignedIn()
})

test('somebody signs in by a username', async ({ page, person, backend }) => {
  const username = `ada_${Date.now()}`
  await backend.users.createUser({
    emailAddress: [person.email],
    username,
    password: person.password,
  })
  await page.goto('/sign-in')
  await page.getByLabel(/username/i).fill(username)
  await person.next()
  await person.passwordField.fill(person.password)
  await person.next()
  await person.expectSignedIn()
})

test('somebody who was invited signs up without proving the address again', async ({
  page,
  person,
  backend,
  site,
}) => {
  const { url } = await backend.invitations.createInvitation({
    emailAddress: person.email,
    redirectUrl: `${site.url}/sign-up`,
    publicMetadata: { plan: 'pro' },
    notify: false,
  })
  await page.goto(url ?? '')
  await person.choosePassword()
  await person.next()
  await person.expectSignedIn()
  const { data } = await backend.users.getUserList({ emailAddress: [person.email] })
  expect(data).toMatchObject([
    {
      publicMetadata: { plan: 'pro' },
      emailAddresses: [{ emailAddress: person.email, verification: { status: 'verified' } }],
    },
  ])
})

test('somebody joins the waitlist, is let in, and signs in by a link in a mail', async ({
  page,
  person,
  context,
  site,
}) => {
  const backend = createClerkClient({ ...site.club.keys, telemetry: { disabled: true } })
  await page.goto(`${site.club.url}/waitlist`)
  await page.getByLabel('Email address').fill(person.email)
  await page.getByRole('button', { name: /join the waitlist/i }).click()
  await expect(page.getByText(/thanks for joining/i).first()).toBeVisible()
  const { data } = await backend.waitlistEntries.list({ query: person.email })
  expect(data).toMatchObject([{ emailAddress: person.email, status: 'pending' }])

  const user = await backend.users.createUser({
    emailAddress: [person.email],
    skipPasswordRequirement: true,
  })
  await page.goto(`${site.club.url}/sign-in`)
  await page.getByLabel('Email address').fill(person.email)
  await person.next()
  await expect(page.getByText(/check your email/i).first()).toBeVisible()
  const link = await person.linkInMail()
  // The app's own way to the Frontend API, where this browser is known: nobody has to confirm anything.
  expect(link).toContain(`${site.club.url}/__clerk/v1/verify?`)
  const opened = await context.newPage()
  await opened.goto(link)
  await expect(opened.locator('#who')).toHaveText(new RegExp(`^${user.id}`))
  // The page that asked finds out that it was opened in the same browser.
  await expect(page.getByText(/other tab/i).first()).toBeVisible()
})

test('a page of the server finds out who is there once the session token is gone', async ({
  page,
  person,
  context,
}) => {
  const userId = await person.haveAccount()
  await person.signIn()
  await page.close()
  await context.clearCookies({ name: /^__session/ })
  const other = await context.newPage()
  await other.goto('/server')
  await expect(other.locator('#who')).toHaveText(userId)
  await expect(other).toHaveURL('/server')
})
