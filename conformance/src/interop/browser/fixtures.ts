/** One app per worker, one browser per test, and nothing that leaves this machine. */
import { randomUUID } from 'node:crypto'

import { createClerkClient, type ClerkClient } from '@clerk/backend'
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'

import { startApp, type App, type ClientVersion } from './app.ts'

export interface InteropOptions {
  version: ClientVersion
  site: App
  backend: ClerkClient
}

interface PerTest {
  readonly person: Person
}

export const test = base.extend<PerTest, InteropOptions>({
  version: [6, { option: true, scope: 'worker' }],
  site: [
    async ({ version }, use) => {
      const app = await startApp(version, {
        session_token_lifetime: 60,
        username: 'optional',
        reverification: true,
      })
      await use(app)
      await app.close()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  backend: [
    async ({ site }, use) => {
      const { secretKey, apiUrl } = site.keys
      await use(createClerkClient({ secretKey, apiUrl, telemetry: { disabled: true } }))
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ site }, use) => use(site.url),
  person: async ({ page, context, site, backend }, use) => {
    const problems: string[] = []
    await guard(context, problems)
    await use(new Person(page, site, backend))
    expect(problems, 'errors in the browser, and requests that leave this machine').toEqual([])
  },
})

export { expect }

/** A status that the page asked about and shows; the browser logs it all the same. */
const REFUSED = /the server responded with a status of 4\d\d/

async function guard(context: BrowserContext, problems: string[]): Promise<void> {
  await context.route('**', async (route) => {
    const { hostname } = new URL(route.request().url())
    if (/^127\.0\.0\.1$|(?:^|\.)localhost$/.test(hostname)) return route.continue()
    problems.push(`a request to ${hostname}`)
    return route.abort()
  })
  context.on('weberror', (error) => problems.push(error.error().message))
  context.on('console', (message) => {
    if (message.type() === 'error' && !REFUSED.test(message.text())) problems.push(message.text())
  })
}

/** What a visitor does. */
export class Person {
  readonly page: Page
  readonly email: string = `ada.${randomUUID()}@example.com`
  readonly password: string = 'correct horse battery staple'
  readonly #app: App
  readonly #backend: ClerkClient

  constructor(page: Page, app: App, backend: ClerkClient) {
    this.page = page
    this.#app = app
    this.#backend = backend
  }

  /** Has an account, made without a browser. */
  async haveAccount(): Promise<string> {
    const user = await this.#backend.users.createUser({
      emailAddress: [this.email],
      password: this.password,
    })
    return user.id
  }

  /** Types an address and goes on to where the password is asked for. */
  async identify(): Promise<void> {
    await this.page.goto('/sign-in')
    await this.page.getByLabel('Email address').fill(this.email)
    await this.next()
    await expect(this.passwordField).toBeVisible()
  }

  async signIn(): Promise<void> {
    await this.identify()
    await this.passwordField.fill(this.password)
    await this.next()
    await this.expectSignedIn()
  }

  /** Types a new password, and waits for what the form says about it: that moves the button below. */
  async choosePassword(): Promise<void> {
    await this.passwordField.fill(this.password)
    await expect(this.page.getByText(/meets all the necessary requirements/i).first()).toBeVisible()
  }

  get passwordField() {
    return this.page.getByLabel('Password', { exact: true })
  }

  /** Presses the button that goes on. */
  async next(): Promise<void> {
    await this.page.getByRole('button', { name: 'Continue', exact: true }).click()
  }

  /** Types the code of the newest mail into the field that has the focus; the form submits itself. */
  async enterCode(address = this.email): Promise<void> {
    await expect
      .poll(() => /^\d{6}$/m.exec(this.#app.mailTo(address))?.[0] ?? '')
      .toMatch(/^\d{6}$/)
    const code = /^\d{6}$/m.exec(this.#app.mailTo(address))?.[0] ?? ''
    await this.page
      .getByRole('textbox', { name: /verification code/i })
      .first()
      .click()
    await this.page.keyboard.type(code, { delay: 20 })
  }

  /** The link in the newest mail. */
  async linkInMail(): Promise<string> {
    const find = (): string => /https?:\/\/\S+/.exec(this.#app.mailTo(this.email))?.[0] ?? ''
    await expect.poll(find).not.toBe('')
    return find()
  }

  /** Waits for the start page to name a user. */
  async expectSignedIn(): Promise<void> {
    await this.page.waitForURL('/')
    await expect(this.page.locator('#who')).toHaveText(/^user_/)
  }

  async expectSignedOut(page = this.page): Promise<void> {
    await expect(page.locator('#who')).toHaveText(/^nobody/)
  }

  signOut(): Promise<void> {
    return this.page.evaluate('Clerk.signOut()')
  }
}
