/** Mail over a real SMTP server: what arrives works, and what cannot be handed over is not lost. */
import { randomUUID } from 'node:crypto'

import type { InstanceKeys } from '@core/identity'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { openIdentity } from '../../world/in-memory.ts'
import { listen } from '../../world/socket.ts'
import { ORIGIN, Page, type Answer } from '../page.ts'
import { startMailServer, type MailServer, type Message } from './smtp.ts'

const PASSWORD = 'correct horse battery staple'
const CODE = /^\d{6}$/m

/** How the mail server behaves just now. */
const server: { isSilent: boolean; refusal: Error | null } = { isSilent: false, refusal: null }

let mail: MailServer
let keys: InstanceKeys
const closing: (() => Promise<void>)[] = []
beforeAll(async () => {
  mail = await startMailServer({
    authOptional: false,
    hideSTARTTLS: false,
    onAuth: ({ username, password }, _session, done) => {
      if (password === 'p@ss/word') done(null, { user: username ?? '' })
      else done(new Error('Wrong password'))
    },
    onConnect: (_session, done) => {
      if (!server.isSilent) done()
    },
    onRcptTo: (_address, _session, done) => {
      done(server.refusal)
    },
  })
  closing.push(mail.close)
  const account = `mailer:${encodeURIComponent('p@ss/word')}`
  const identity = await openIdentity({
    // The certificate is nobody's: what is asked for here is encryption, not trust.
    smtpUrl: `smtp://${account}@127.0.0.1:${mail.port}?requireTLS=true&tls.rejectUnauthorized=false&connectionTimeout=4000`,
    mailFrom: 'Acme <no-reply@acme.example>',
  })
  closing.push(identity.close)
  const socket = await listen(identity.fetch)
  closing.push(socket.close)
  keys = await identity.provision(socket.host, {
    application_name: 'Acme',
    email_verification_strategies: ['email_code', 'email_link'],
  })
})
afterAll(async () => {
  for (const close of closing.toReversed()) await close()
})
beforeEach(() => {
  Object.assign(server, { isSilent: false, refusal: null })
})

const newAddress = (): string => `ada.${randomUUID()}@example.com`

const codeIn = (message: Message | undefined): string => CODE.exec(message?.text ?? '')?.[0] ?? ''

const linkIn = (message: Message | undefined): URL =>
  new URL(/^https?:\S+$/m.exec(message?.text ?? '')?.[0] ?? '')

/** Begins a sign-up and asks for its proof. */
async function beginSignUp(
  page: Page,
  address: string,
  proof: Readonly<Record<string, string>> = { strategy: 'email_code' },
): Promise<{ path: string; prepared: Answer }> {
  const { body } = await page.post('/client/sign_ups', {
    email_address: address,
    password: PASSWORD,
  })
  const path = `/client/sign_ups/${body.response.id}`
  return { path, prepared: await page.post(`${path}/prepare_verification`, proof) }
}

async function signUp(): Promise<{ page: Page; address: string }> {
  const page = await Page.open(keys)
  const address = newAddress()
  const { path } = await beginSignUp(page, address)
  const { body } = await page.post(`${path}/attempt_verification`, {
    strategy: 'email_code',
    code: codeIn(mail.taken.at(-1)),
  })
  expect(body.response.status).toBe('complete')
  return { page, address }
}

const expectUndelivered = ({ status, headers, body }: Answer): void => {
  expect([status, body.errors[0].code]).toEqual([503, 'mail_delivery_failed'])
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
}

describe('a mail', () => {
  it('carries a code that proves the address it was sent to, and only it is the recipient', async () => {
    const { address } = await signUp()
    const message = mail.taken.at(-1)
    expect(message?.to).toEqual([address])
    expect(message?.from).toBe('Acme <no-reply@acme.example>')
    expect(message?.subject).toContain('Acme')
    // The server was told name and password, after STARTTLS.
    expect(message).toMatchObject({ isEncrypted: true, user: 'mailer' })
  })

  it('carries a link that proves the address where it is opened', async () => {
    const page = await Page.open(keys)
    const { prepared } = await beginSignUp(page, newAddress(), {
      strategy: 'email_link',
      redirect_url: `${ORIGIN}/verify`,
    })
    expect(prepared.status).toBe(200)
    const link = linkIn(mail.taken.at(-1))
    expect(link.origin).toBe(keys.apiUrl)
    link.searchParams.set('__clerk_db_jwt', page.devBrowser)
    const opened = await fetch(link, { redirect: 'manual' })
    const back = new URL(opened.headers.get('location') ?? '')
    expect(back.origin).toBe(ORIGIN)
    expect(back.searchParams.get('__clerk_status')).toBe('verified')
  })

  it('carries a code that sets a new password', async () => {
    const { address } = await signUp()
    const page = await Page.open(keys)
    const { body } = await page.post('/client/sign_ins', { identifier: address })
    const { id, supported_first_factors: factors } = body.response
    const factor = factors.find(
      (it: { strategy: string }) => it.strategy === 'reset_password_email_code',
    )
    await page.post(`/client/sign_ins/${id}/prepare_first_factor`, {
      strategy: factor.strategy,
      email_address_id: factor.email_address_id,
    })
    const attempted = await page.post(`/client/sign_ins/${id}/attempt_first_factor`, {
      strategy: factor.strategy,
      code: codeIn(mail.taken.at(-1)),
    })
    expect(attempted.body.response.status).toBe('needs_new_password')
    const reset = await page.post(`/client/sign_ins/${id}/reset_password`, {
      password: 'another horse battery staple',
    })
    expect(reset.body.response.status).toBe('complete')
  })

  it('invites into an organization with a link that leads to the sign-up', async () => {
    const { page } = await signUp()
    const { body } = await page.post('/organizations', { name: 'Analytical Engines' })
    const guest = newAddress()
    const invited = await page.post(`/organizations/${body.response.id}/invitations`, {
      email_address: guest,
      role: 'org:member',
    })
    expect(invited.status).toBe(200)
    const message = mail.taken.at(-1)
    expect(message?.to).toEqual([guest])
    expect(message?.text).toContain('Analytical Engines')
    const opened = await fetch(linkIn(message), { redirect: 'manual' })
    const { searchParams, pathname } = new URL(opened.headers.get('location') ?? '')
    expect(pathname).toBe('/sign-up')
    expect(searchParams.get('__clerk_status')).toBe('sign_up')
    expect(searchParams.get('__clerk_ticket')).toMatch(/./)
  })
})

describe('a mail server', () => {
  it('that is away or refuses somebody loses nothing: asked again, it is sent at once', async () => {
    server.refusal = new Error('No such user')
    const before = mail.taken.length
    const page = await Page.open(keys)
    const { path, prepared } = await beginSignUp(page, newAddress())
    expectUndelivered(prepared)
    server.refusal = null
    const again = await page.post(`${path}/prepare_verification`, { strategy: 'email_code' })
    expect(again.status).toBe(200)
    expect(mail.taken).toHaveLength(before + 1)
    const { body } = await page.post(`${path}/attempt_verification`, {
      strategy: 'email_code',
      code: codeIn(mail.taken.at(-1)),
    })
    expect(body.response.status).toBe('complete')
  })

  it('that refuses an invitation leaves none behind, so that it can be sent again', async () => {
    const { page } = await signUp()
    const { body } = await page.post('/organizations', { name: 'Engines' })
    const invite = (): Promise<Answer> =>
      page.post(`/organizations/${body.response.id}/invitations`, {
        email_address: 'guest@example.com',
        role: 'org:member',
      })
    server.refusal = new Error('No such user')
    expectUndelivered(await invite())
    server.refusal = null
    expect((await invite()).status).toBe(200)
  })

  it('that hangs keeps nobody else waiting, and those who wait not for long', async () => {
    server.isSilent = true
    const pages = await Promise.all(Array.from({ length: 12 }, () => Page.open(keys)))
    let isWaiting = true
    const waiting = Promise.all(pages.map((page) => beginSignUp(page, newAddress()))).then(
      (begun) => {
        isWaiting = false
        return begun
      },
    )
    // None of them holds the only connection that the embedded database has.
    const answered: boolean[] = []
    while (isWaiting) {
      await Page.open(keys)
      answered.push(isWaiting)
    }
    expect(answered.filter(Boolean).length).toBeGreaterThan(5)
    for (const { prepared } of await waiting) expectUndelivered(prepared)
  })
})
