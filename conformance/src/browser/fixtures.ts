/** One world per worker: an identity server and one demo app. One person per test. */
import { test as base, expect, type Page } from '@playwright/test'

import { startApp, type AppName, type RunningApp } from '../world/apps.ts'
import { startIdentity, type IdentityServer } from '../world/identity.ts'

/** Seconds a session token lives here, so that a test can outlive one. */
export const TOKEN_SECONDS = 10
/** Seconds a server still accepts a token after its end. */
const SKEW_SECONDS = 5

export interface World {
  readonly identity: IdentityServer
  readonly app: RunningApp
}

export interface SuiteOptions {
  app: AppName
  world: World
}

interface PerTest {
  readonly person: Person
}

export const test = base.extend<PerTest, SuiteOptions>({
  app: ['next', { option: true, scope: 'worker' }],
  world: [
    async ({ app }, use) => {
      const identity = await startIdentity({ session_token_lifetime: String(TOKEN_SECONDS) })
      try {
        const running = await startApp(app, identity.env)
        await use({ identity, app: running })
        await running.process.stop()
      } finally {
        await identity.dispose()
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ world }, use) => use(world.app.url),
  person: async ({ page, world }, use, info) => {
    const problems: string[] = []
    watch(page, problems)
    page.context().on('page', (opened) => watch(opened, problems))
    await use(new Person(page, world, `ada.${info.workerIndex}.${Date.now()}@example.com`))
    expect(problems, 'errors in the browser').toEqual([])
  },
})

export { expect }

/** Errors that a page may log while a test has stopped the identity server. */
const OUTAGE = /net::ERR_|Failed to fetch|Failed to load resource|NetworkError/

function watch(page: Page, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    // A status outside 2xx is an answer, which the page shows; the browser logs it all the same.
    if (message.type() === 'error' && !OUTAGE.test(message.text())) problems.push(message.text())
  })
}

/** What a visitor does, in their words. */
export class Person {
  readonly password = 'correct horse battery staple'
  readonly page: Page
  readonly email: string
  readonly #world: World

  constructor(page: Page, world: World, email: string) {
    this.page = page
    this.email = email
    this.#world = world
  }

  /** Fills the sign-up form in and stops where the code is asked for. */
  async startSignUp(): Promise<void> {
    await this.page.goto('/sign-up')
    await this.page.getByLabel('Email address').fill(this.email)
    await this.page.getByLabel('Password', { exact: true }).fill(this.password)
    await this.page.getByRole('button', { name: 'Continue' }).click()
    await expect(this.page.getByLabel('Verification code')).toBeVisible()
  }

  /** Types the code of the newest mail; the form submits itself with the last digit. */
  async enterCode(): Promise<void> {
    const { code, text } = await this.#world.identity.mailTo(this.email)
    await this.page.getByLabel('Verification code').fill(code ?? /\b\d{6}\b/.exec(text)?.[0] ?? '')
  }

  async signUp(): Promise<void> {
    await this.startSignUp()
    await this.enterCode()
    await this.expectAtHome()
  }

  /** Signs in on the page that asks for it, wherever that is. */
  async signIn(): Promise<void> {
    await this.page.getByLabel('Email address').fill(this.email)
    const password = this.page.getByLabel('Password', { exact: true })
    const next = this.page.getByRole('button', { name: 'Continue' })
    if (!(await password.isVisible())) await next.click()
    await password.fill(this.password)
    await next.click()
  }

  /** Waits until the app, not the portal, shows a page for a signed-in user. */
  async expectAtHome(): Promise<void> {
    await this.page.waitForURL(
      (url) => url.origin === this.#world.app.url && !url.pathname.startsWith('/sign-'),
    )
  }

  async openDashboard(): Promise<string> {
    await this.page.goto('/dashboard')
    await expect(this.page).toHaveURL(`${this.#world.app.url}/dashboard`)
    const userId = this.page.getByTestId('user-id')
    await expect(userId).toHaveText(/^user_/)
    return userId.innerText()
  }

  /** Calls a route of the app as a script on its page would. */
  async call(path: string): Promise<{ status: number; body: unknown }> {
    return this.page.evaluate(async (url) => {
      const response = await fetch(url)
      const text = await response.text()
      return {
        status: response.status,
        body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text,
      }
    }, path)
  }

  /** The session token in the cookie jar, and when servers stop accepting it (Unix milliseconds). */
  async token(): Promise<{ jwt: string; refusedAt: number }> {
    const cookies = await this.page.context().cookies(this.#world.app.url)
    const jwt = cookies.find(({ name }) => name.startsWith('__session'))?.value ?? ''
    const claims = JSON.parse(
      Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString() || '{}',
    ) as {
      exp?: number
    }
    return { jwt, refusedAt: ((claims.exp ?? 0) + SKEW_SECONDS) * 1000 }
  }

  /** Lets time pass until a moment. */
  async waitUntil(time: number): Promise<void> {
    await expect.poll(() => Date.now() > time, { timeout: 45_000, intervals: [250] }).toBe(true)
  }
}
