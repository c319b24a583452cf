/** The profiles of the published browser client: what people change about themselves and their organizations. */
import { randomUUID } from 'node:crypto'

import { expect, test } from './fixtures.ts'

test('somebody adds an address, and proves it with a code', async ({ page, person, backend }) => {
  const userId = await person.haveAccount()
  await person.signIn()
  await page.goto('/user')
  const address = `second.${randomUUID()}@example.com`
  await page.getByRole('button', { name: /add email address/i }).click()
  await page.getByLabel('Email address', { exact: true }).fill(address)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await person.enterCode(address)
  await expect(page.getByText(address).first()).toBeVisible()
  await expect
    .poll(async () => {
      const { emailAddresses } = await backend.users.getUser(userId)
      return emailAddresses.find(({ emailAddress }) => emailAddress === address)?.verification
    })
    .toMatchObject({ status: 'verified', strategy: 'email_code' })
})

test('somebody proves who they are again before they change their password', async ({
  page,
  person,
  backend,
  site,
  version,
}) => {
  const userId = await person.haveAccount()
  await person.signIn()
  const password = 'another horse battery staple'
  site.aheadMs = 11 * 60_000
  try {
    await page.goto('/user')
    await page.getByRole('button', { name: 'Security' }).click()
    await page.getByRole('button', { name: /update password/i }).click()
    // The older one asks for both.
    if (version === 5) await page.getByLabel('Current password').fill(person.password)
    await page.getByLabel('New password', { exact: true }).fill(password)
    await page.getByLabel('Confirm password').fill(password)
    await page.getByRole('button', { name: 'Save' }).click()
    await person.passwordField.fill(person.password)
    await person.next()
    await expect
      .poll(() =>
        backend.users.verifyPassword({ userId, password }).then(
          ({ verified }) => verified,
          () => false,
        ),
      )
      .toBe(true)
  } finally {
    site.aheadMs = 0
  }
})

test('somebody chooses an organization, and invites somebody into it', async ({
  page,
  person,
  backend,
}) => {
  const createdBy = await person.haveAccount()
  const slug = `engines-${Date.now()}`
  const { id: organizationId } = await backend.organizations.createOrganization({
    name: 'Engines',
    slug,
    createdBy,
  })
  await person.signIn()
  await page.goto('/switcher')
  // The only organization is the one that they work in from the beginning.
  const switcher = page.locator('#app').getByRole('button').first()
  await expect(switcher).toHaveText(/Engines/)
  await switcher.click()
  await page.getByText('Personal account').last().click()
  await expect(page.locator('#who')).toHaveText(/ -$/)
  await switcher.click()
  await page.getByText('Engines', { exact: true }).last().click()
  await expect(page.locator('#who')).toHaveText(new RegExp(`${slug}$`))

  await page.goto('/organization')
  await page.getByRole('button', { name: 'Members' }).click()
  await page.getByRole('button', { name: 'Invite' }).click()
  const emailAddress = `guest.${randomUUID()}@example.com`
  await page.getByTestId('tag-input').fill(emailAddress)
  await page.keyboard.press('Enter')
  // The role of members is chosen already.
  await page.getByRole('button', { name: 'Send invitations' }).click()
  await expect
    .poll(async () => {
      const { data } = await backend.organizations.getOrganizationInvitationList({
        organizationId,
      })
      return data.map((it) => [it.emailAddress, it.role, it.status])
    })
    .toEqual([[emailAddress, 'org:member', 'pending']])
})
