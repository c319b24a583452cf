/** The Account Portal, by which people manage their account and their organizations. Tried beside one app. */
import { expect, test } from './fixtures.ts'

test('people manage their account at the portal', async ({ person, page, world, browser }) => {
  await person.signUp()
  await page.goto(`${world.identity.url}/user`)

  await page.getByRole('button', { name: 'Edit profile' }).click()
  await page.getByLabel('First name').fill('Ada')
  await page.getByLabel('Last name').fill('Lovelace')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('region', { name: 'Profile' })).toContainText('Ada Lovelace')

  const second = `second.${person.email}`
  const addresses = page.getByRole('region', { name: 'Email addresses' })
  await addresses.getByRole('button', { name: 'Add an email address' }).click()
  await addresses.getByRole('textbox', { name: 'Email address' }).fill(second)
  await addresses.getByRole('button', { name: 'Continue' }).click()
  const mail = await world.identity.mailTo(second)
  await addresses.getByLabel('Verification code').fill(mail.code ?? '')
  await addresses.getByRole('button', { name: `Make ${second} primary` }).click()
  const item = addresses.getByRole('listitem')
  await expect(item.filter({ hasText: second })).toContainText('Primary')
  await addresses.getByRole('button', { name: `Remove ${person.email}`, exact: true }).click()
  await addresses.getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(item).toHaveCount(1)

  await page.getByRole('button', { name: 'Security' }).click()
  const password = 'another battery staple'
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByLabel('Current password').fill(person.password)
  await page.getByLabel('New password').fill(password)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Change password' })).toBeFocused()

  const elsewhere = await browser.newContext()
  const other = await elsewhere.newPage()
  await other.goto(`${world.identity.url}/sign-in?redirect_url=/user`)
  await other.getByLabel('Email address').fill(second)
  await other.getByRole('button', { name: 'Continue' }).click()
  await other.getByLabel('Password', { exact: true }).fill(password)
  await other.getByRole('button', { name: 'Continue' }).click()
  await expect(other.getByRole('heading', { name: 'Account' })).toBeVisible()

  await page.reload()
  await page.getByRole('button', { name: 'Security' }).click()
  const devices = page.getByRole('region', { name: 'Active devices' }).getByRole('listitem')
  await expect(devices).toHaveCount(2)
  await expect(devices.filter({ hasText: 'This device' })).toHaveCount(1)
  await devices.getByRole('button', { name: /^Sign out of/ }).click()
  await expect(devices).toHaveCount(1)
  await other.reload()
  await expect(other).toHaveURL(/\/sign-in/)
  await elsewhere.close()
})

test('people create and manage an organization at the portal', async ({ person, page, world }) => {
  await person.signUp()
  const invited = `invited.${person.email}`
  await page.goto(`${world.identity.url}/create-organization`)
  await page.getByLabel('Name').fill('Analytical Engines')
  await page.getByRole('button', { name: 'Create organization' }).click()
  await expect(page.getByRole('heading', { name: 'Invite people' })).toBeVisible()
  await page.getByLabel('Email addresses').fill(invited)
  await page.getByRole('button', { name: 'Send invitations' }).click()

  await expect(page).toHaveURL(`${world.identity.url}/organization`)
  await expect(page.getByRole('heading', { name: 'Analytical Engines' })).toBeVisible()
  expect((await world.identity.mailTo(invited)).text).toContain('Analytical Engines')
  await page.getByRole('button', { name: 'Edit profile' }).click()
  await page.getByLabel('Name').fill('Difference Engines')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { name: 'Difference Engines' })).toBeVisible()

  await page.getByRole('button', { name: 'Members' }).click()
  const members = page.getByRole('region', { name: 'Members' })
  await expect(members.getByRole('listitem')).toContainText(person.email)
  const invitations = page.getByRole('region', { name: 'Invitations' })
  await invitations.getByRole('button', { name: `Revoke the invitation of ${invited}` }).click()
  await expect(invitations).toContainText('Nobody is invited')

  await page.getByRole('button', { name: 'General' }).click()
  await page.getByRole('button', { name: 'Delete organization' }).click()
  await page.getByLabel(/to confirm/).fill('Difference Engines')
  await page.getByRole('button', { name: 'Delete organization' }).click()
  await expect(page.getByRole('heading', { name: 'Choose an organization' })).toBeVisible()
})
