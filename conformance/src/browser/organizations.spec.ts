/** The organization of a page's URL, and tokens for other services. */
import { type ClerkClient, createClerkClient } from '@core/backend'

import { expect, test, type World } from './fixtures.ts'

/** The Backend API of the world's identity server. */
function backendOf({ identity }: World): ClerkClient {
  const { CLERK_PUBLISHABLE_KEY: publishableKey, CLERK_SECRET_KEY: secretKey } = identity.env
  return createClerkClient({ publishableKey, secretKey, apiUrl: identity.url })
}

test('the organization of a URL becomes the active one, if the user is in it', async ({
  page,
  person,
  world,
}) => {
  await person.signUp()
  const userId = await person.openDashboard()
  const slug = `acme-${Date.now()}`
  const { id } = await backendOf(world).organizations.createOrganization({
    name: 'Acme',
    slug,
    createdBy: userId,
  })

  await page.goto(`/orgs/${slug}`)
  await expect(page.getByTestId('org-role')).toHaveText('org:admin')
  await expect(page.getByTestId('org-id')).toHaveText(id)
  expect(new URL(page.url()).search).toBe('')
  expect((await person.call('/api/me')).body).toMatchObject({ orgId: id, orgSlug: slug })

  await page.goto('/orgs/of-somebody-else')
  await expect(page.getByTestId('no-member')).toBeVisible()
  expect((await person.call('/api/me')).body).toMatchObject({ orgId: id, orgSlug: slug })
})

test('an app gets tokens for other services from templates', async ({ page, person, world }) => {
  expect((await page.request.get('/api/token')).status()).toBe(401)
  await person.signUp()
  const userId = await person.openDashboard()
  await backendOf(world).jwtTemplates.create({
    name: `reports-${world.app.url.slice(-4)}`,
    claims: { role: 'reader', who: '{{user.id}}' },
  })

  const { status, body } = await person.call(
    `/api/token?template=reports-${world.app.url.slice(-4)}`,
  )
  expect(status).toBe(200)
  const [, payload = ''] = (body as { token: string }).token.split('.')
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
    role: 'reader',
    who: userId,
  })
  expect((await person.call('/api/token?template=nothing')).status).toBe(404)
})
