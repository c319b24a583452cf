/** What a person does, from the first visit to the last sign-out. */
import { expect, test } from './fixtures.ts'

test('a new user signs up, enters the code from the outbox and lands on a protected page', async ({
  person,
}) => {
  await person.signUp()
  const userId = await person.openDashboard()
  await person.page.reload()
  await expect(person.page.getByTestId('user-id')).toHaveText(userId)
  await expect(person.page.getByTestId('session-id')).toHaveText(/^sess_/)
  expect(await person.call('/api/me')).toMatchObject({ status: 200, body: { userId, orgId: null } })
  expect(await person.call('/api/protected')).toEqual({ status: 200, body: { ok: true } })
  const { status, body } = await person.call('/api/user')
  expect(status).toBe(200)
  expect(JSON.stringify(body)).toContain(userId)
  expect((await person.page.goto('/admin'))?.status()).toBe(404)
})

test('a page that stays open outlives its first token', async ({ person }) => {
  await person.signUp()
  const userId = await person.openDashboard()
  const first = await person.token()
  await person.waitUntil(first.refusedAt)
  expect(await person.call('/api/me')).toMatchObject({ status: 200, body: { userId } })
  expect((await person.token()).jwt).not.toBe(first.jwt)
})

test('a visitor comes back after the token has expired and is still signed in', async ({
  person,
}) => {
  await person.signUp()
  const userId = await person.openDashboard()
  const first = await person.token()
  await person.page.goto('about:blank')
  await person.waitUntil(first.refusedAt)
  expect(await person.openDashboard()).toBe(userId)
})

test('signing out in one tab signs the other out, and the protected page asks to sign in and returns', async ({
  person,
  world,
}) => {
  await person.signUp()
  const userId = await person.openDashboard()

  const other = await person.page.context().newPage()
  await other.goto(`${world.app.url}/`)
  await expect(other.getByTestId('user-id')).toHaveText(userId)
  // The button is on the page before its script is.
  await other.waitForLoadState('networkidle')

  await other.getByRole('button', { name: 'Sign out' }).click()
  await expect(other.getByTestId('user-id')).toHaveText('signed out')
  // The open dashboard follows: it shows no user any more, whether it empties or leaves.
  await expect(person.page.getByText(userId)).toHaveCount(0)

  await person.page.goto('/dashboard')
  await person.page.waitForURL(/\/sign-in/)
  const origin = world.app.signsIn === 'here' ? world.app.url : world.identity.url
  expect(new URL(person.page.url()).origin).toBe(origin)
  await person.signIn()
  await expect(person.page).toHaveURL(`${world.app.url}/dashboard`)
  await expect(person.page.getByTestId('user-id')).toHaveText(userId)
})

test('a wrong password says so at its field and keeps the visitor signed out', async ({
  person,
  browser,
  world,
}) => {
  await person.signUp()
  const stranger = await browser.newContext({ baseURL: world.app.url })
  const page = await stranger.newPage()
  await page.goto('/sign-in')
  await page.getByLabel('Email address').fill(person.email)
  const password = page.getByLabel('Password', { exact: true })
  const next = page.getByRole('button', { name: 'Continue' })
  if (!(await password.isVisible())) await next.click()
  await password.fill('not the password')
  await next.click()
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true')
  await page.goto('/')
  await expect(page.getByTestId('user-id')).toHaveText('signed out')
  await stranger.close()
})

test('sign-up needs nothing but a keyboard', async ({ person, world }) => {
  const { page } = person
  await page.goto('/sign-up')
  const email = page.getByLabel('Email address')
  await expect(email).toBeVisible()
  await email.focus()
  await page.keyboard.type(person.email)
  while (
    !(await page
      .getByLabel('Password', { exact: true })
      .evaluate((el) => el === document.activeElement))
  ) {
    await page.keyboard.press('Tab')
  }
  await page.keyboard.type(person.password)
  await page.keyboard.press('Enter')
  const code = page.getByLabel('Verification code')
  await expect(code).toBeFocused()
  const mail = await world.identity.mailTo(person.email)
  await page.keyboard.type(mail.code ?? /\b\d{6}\b/.exec(mail.text)?.[0] ?? '')
  await person.expectAtHome()
  await person.openDashboard()
})
