/** The identity server dies, and comes back. Nobody is signed out by it and nothing is lost. */
import { expect, test } from './fixtures.ts'

test.describe.configure({ mode: 'serial' })

test('a sign-up survives kill -9 of the identity server between the form and the code', async ({
  person,
  world,
}) => {
  await person.startSignUp()
  await world.identity.kill()
  await world.identity.restart()
  await person.enterCode()
  await person.expectAtHome()
  await person.openDashboard()
})

test('the user and the session are still there after kill -9', async ({ person, world }) => {
  await person.signUp()
  const userId = await person.openDashboard()
  const sessionId = await person.page.getByTestId('session-id').innerText()
  await world.identity.kill()
  await world.identity.restart()
  const { refusedAt } = await person.token()
  await person.waitUntil(refusedAt)
  expect(await person.openDashboard()).toBe(userId)
  await expect(person.page.getByTestId('session-id')).toHaveText(sessionId)
})

test('with the identity server stopped, a valid token keeps working and an expired one is no error', async ({
  person,
  world,
}) => {
  await person.signUp()
  const userId = await person.openDashboard()
  await world.identity.kill()
  try {
    await person.page.reload()
    await expect(person.page.getByTestId('user-id')).toHaveText(userId)
    expect(await person.call('/api/me')).toMatchObject({ status: 200, body: { userId } })
    expect((await person.call('/api/user')).status).not.toBe(500)

    const { refusedAt } = await person.token()
    await person.waitUntil(refusedAt)
    expect((await person.call('/api/me')).status).toBe(401)
    expect((await person.call('/api/protected')).status).toBe(404)
  } finally {
    await world.identity.restart()
  }
  expect(await person.openDashboard()).toBe(userId)
})
