/** The published browser client with its own components, against the Frontend API. */
import { expect, test } from './fixtures.ts'

test('somebody signs up with a code, signs out, and signs in with a password', async ({
  page,
  person,
}) => {
  await page.goto('/sign-up')
  await page.getByLabel('Email address').fill(person.email)
  await person.choosePassword()
  await person.next()
  await person.enterCode()
  await person.expectSignedIn()
  await person.signOut()
  await person.expectSignedOut()
  await person.signIn()
})

test('a wrong password is refused in words, and a forgotten one replaced', async ({
  page,
  person,
}) => {
  await person.haveAccount()
  await person.identify()
  await person.passwordField.fill('something else entirely')
  await person.next()
  await expect(page.getByText(/password.*(incorrect|not right)/i).first()).toBeVisible()
  await page.getByRole('link', { name: /forgot password/i }).click()
  await page.getByRole('button', { name: /reset your password/i }).click()
  await person.enterCode()
  await page.getByLabel('New password', { exact: true }).fill('another horse battery staple')
  await page.getByLabel('Confirm password').fill('another horse battery staple')
  // The published form takes no click before it has compared them, and says so.
  await expect(page.getByText('Passwords match.').first()).toBeVisible()
  await page.getByRole('button', { name: /^reset password$/i }).click()
  await person.expectSignedIn()
})

test('somebody creates an organization, works in it, and goes back to their own account', async ({
  page,
  person,
  backend,
}) => {
  const userId = await person.haveAccount()
  await person.signIn()
  await page.goto('/create-organization')
  const slug = `engines-${Date.now()}`
  await page.getByLabel('Name', { exact: true }).fill('Engines')
  await page.getByLabel('Slug').fill(slug)
  await page.getByRole('button', { name: 'Create organization' }).click()
  await expect(page.locator('#who')).toHaveText(new RegExp(`${slug}$`))
  const { data } = await backend.users.getOrganizationMembershipList({ userId })
  expect(data).toMatchObject([{ role: 'org:admin', organization: { slug } }])

  await page.goto('/organization')
  await expect(page.getByText('Engines').first()).toBeVisible()
  await page.getByRole('button', { name: 'Members' }).click()
  await expect(page.getByText(person.email).first()).toBeVisible()

  await page.evaluate('Clerk.setActive({ organization: null })')
  await expect(page.locator('#who')).toHaveText(/ -$/)
})

test('a token is renewed, and says who and where', async ({ page, person }) => {
  const userId = await person.haveAccount()
  await person.signIn()
  const read = async (): Promise<string> =>
    (await page.evaluate('Clerk.session.getToken({ skipCache: true })')) as string
  const claims = JSON.parse(
    Buffer.from((await read()).split('.')[1] ?? '', 'base64url').toString(),
  ) as Record<string, unknown>
  expect(claims).toMatchObject({ sub: userId, azp: new URL(page.url()).origin })
  const cookies = await page.context().cookies(page.url())
  const names = cookies.map(({ name }) => name)
  expect(names).toContain('__session')
  expect(cookies.find(({ name }) => name === '__client_uat')?.value).toMatch(/^[1-9]\d+$/)
})

test('a session that is revoked ends in every tab', async ({ page, person, backend, context }) => {
  const userId = await person.haveAccount()
  await person.signIn()
  const other = await context.newPage()
  await other.goto('/')
  await expect(other.locator('#who')).toHaveText(new RegExp(`^${userId}`))
  const { data } = await backend.sessions.getSessionList({ userId, status: 'active' })
  await backend.sessions.revokeSession(data[0]?.id ?? '')
  await page.evaluate('Clerk.session.getToken({ skipCache: true }).catch(() => null)')
  await person.expectSignedOut()
  await other.reload()
  await person.expectSignedOut(other)
})
