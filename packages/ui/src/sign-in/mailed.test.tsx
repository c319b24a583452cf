// @vitest-environment happy-dom

/** Signing in by what came in a mail, and where the page leads that a mail leads to. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEnvironment, createFakeClerk, type FakeClerk } from '../clerk.test-double.ts'
import {
  alertText,
  atStep,
  button,
  clearPage,
  field,
  preparePage,
  show,
  submit,
  type,
  until,
} from '../page.test-driver.ts'
import { AFTER, COMPLETE, FIRST_FACTOR, start } from './sign-in.test-driver.ts'

const LINK = {
  strategy: 'email_link',
  emailAddressId: 'idn_1',
  safeIdentifier: 'ada@example.com',
}
const BY_LINK = { ...FIRST_FACTOR, supportedFirstFactors: [LINK] }
const CHOOSE = { key: 'choose-organization' }
const page = location.href

let fake: FakeClerk

beforeEach(() => {
  preparePage()
  vi.useFakeTimers({ shouldAdvanceTime: true })
  fake = createFakeClerk()
})

afterEach(() => {
  vi.useRealTimers()
  clearPage()
  history.replaceState(null, '', page)
})

/** Opens the page as a link does. */
function arrive(query: Record<string, string>, props: object = {}): void {
  history.replaceState(null, '', `?${new URLSearchParams({ tab: '1', ...query })}`)
  show('SignIn', fake, props)
}

async function reachLink(): Promise<void> {
  await start(fake)
  fake.signIn.answer('create', BY_LINK)
  type(field('Email address'), 'ada@example.com')
  submit()
  await atStep('Check your email')
}

describe('a sign-in by link', () => {
  it('names this page for the link, and goes on once it was opened anywhere', async () => {
    await reachLink()
    expect(fake.signIn.actions.prepareFirstFactor.mock.calls).toEqual([
      [{ strategy: 'email_link', emailAddressId: 'idn_1', redirectUrl: location.href }],
    ])
    fake.signIn.answer('reload', { firstFactorVerification: { status: 'unverified' } })
    fake.signIn.actions.reload.mockRejectedValueOnce(new Error('no network'))
    await vi.advanceTimersByTimeAsync(2_100)
    await until(() => expect(fake.signIn.actions.reload).toHaveBeenCalledTimes(2))
    expect(fake.calls.setActive).not.toHaveBeenCalled()

    fake.signIn.answer('reload', COMPLETE)
    await vi.advanceTimersByTimeAsync(1_100)
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
    await vi.advanceTimersByTimeAsync(3_000)
    expect(fake.signIn.actions.reload).toHaveBeenCalledTimes(3)
  })

  it('stops to wait for a link that has expired, and offers another at once', async () => {
    await reachLink()
    fake.signIn.answer('reload', { firstFactorVerification: { status: 'expired' } })
    await vi.advanceTimersByTimeAsync(1_100)
    await until(() => expect(alertText()).toBe('This link has expired. Request a new one.'))
    await vi.advanceTimersByTimeAsync(3_000)
    expect(fake.signIn.actions.reload).toHaveBeenCalledTimes(1)

    fake.signIn.answer('prepareFirstFactor', { firstFactorVerification: { status: 'unverified' } })
    button('Resend link').click()
    await until(() => expect(alertText()).toBe(''))
    expect(document.body.textContent).toContain('A new link is on its way.')
    await vi.advanceTimersByTimeAsync(1_100)
    await until(() => expect(fake.signIn.actions.reload).toHaveBeenCalledTimes(2))
  })

  it('stops to wait, and says why, when the server refuses', async () => {
    await reachLink()
    fake.signIn.refuse('reload', 'user_banned')
    await vi.advanceTimersByTimeAsync(1_100)
    await until(() => expect(alertText()).toContain('disabled'))
    await vi.advanceTimersByTimeAsync(3_000)
    expect(fake.signIn.actions.reload).toHaveBeenCalledTimes(1)
  })

  it('goes on to wait after a reload', async () => {
    Object.assign(fake.signIn.state, BY_LINK, {
      firstFactorVerification: {
        status: 'unverified',
        strategy: 'email_link',
        expireAt: new Date(Date.now() + 60_000),
      },
    })
    show('SignIn', fake)
    await atStep('Check your email')
    expect(fake.signIn.actions.prepareFirstFactor).not.toHaveBeenCalled()
  })
})

describe('the page that a link leads to', () => {
  it('takes over the session that came of it, and forgets the link', async () => {
    arrive({ __clerk_status: 'verified', __clerk_created_session: 'sess_1' })
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
    expect(location.search).toBe('?tab=1')
  })

  it.each([
    ['verified', 'Your email is verified'],
    ['expired', 'This link has expired'],
    ['failed', 'This link no longer works'],
    ['client_mismatch', 'Open it in the same browser'],
    ['__proto__', 'This link no longer works'],
  ])('says what became of one that is %s', async (status, title) => {
    arrive({ __clerk_status: status })
    await atStep(title)
    expect(fake.calls.setActive).not.toHaveBeenCalled()
    if (status === 'verified') return
    button('Start over').click()
    await atStep('Sign in to Acme')
  })
})

describe('a ticket', () => {
  it('signs in, once, and leaves the address', async () => {
    fake.signIn.answer('create', COMPLETE)
    arrive({ __clerk_ticket: 'tick', __clerk_status: 'sign_in' })
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
    expect(fake.signIn.actions.create.mock.calls).toEqual([
      [{ strategy: 'ticket', ticket: 'tick' }],
    ])
    expect(location.search).toBe('?tab=1')
  })

  it('that is used up leaves the person at the first step, with the reason', async () => {
    fake.signIn.refuse('create', 'ticket_invalid')
    arrive({ __clerk_ticket: 'tick' })
    await atStep('Sign in to Acme')
    await until(() => expect(alertText()).toContain('used already'))
  })

  it.each([
    ['says so', 'sign_up', null],
    ['belongs to nobody yet', 'sign_in', 'invitation_account_not_exists'],
  ])('that %s leads to the sign-up', async (_, status, code) => {
    if (code !== null) fake.signIn.refuse('create', code)
    arrive({ __clerk_ticket: 'tick', __clerk_status: status }, { signUpUrl: '/join' })
    await until(() => expect(fake.calls.navigate).toHaveBeenCalled())
    const url = new URL(String(fake.calls.navigate.mock.calls[0]?.[0]))
    expect([url.pathname, url.searchParams.get('__clerk_ticket')]).toEqual(['/join', 'tick'])
    expect(fake.signIn.actions.create).toHaveBeenCalledTimes(code === null ? 0 : 1)
  })

  it('that was accepted on the way here sends the person on', async () => {
    fake = createFakeClerk(createEnvironment({ singleSession: false }))
    fake.change({ client: { ...fake.clerk.client, lastActiveSessionId: 'sess_1' } })
    arrive({ __clerk_ticket: 'tick', __clerk_status: 'complete' })
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
    expect(fake.signIn.actions.create).not.toHaveBeenCalled()
  })

  it('is left alone where somebody is signed in', async () => {
    fake.change({ session: { id: 'sess_9' } })
    arrive({ __clerk_ticket: 'tick' })
    await until(() => expect(fake.calls.navigate).toHaveBeenCalledWith(AFTER.redirectUrl))
    expect(fake.signIn.actions.create).not.toHaveBeenCalled()
  })
})

describe('a session that waits for an organization', () => {
  const pending = { id: 'sess_1', currentTask: CHOOSE }
  const user = {
    id: 'user_1',
    fullName: 'Ada Lovelace',
    createOrganizationEnabled: true,
    organizationMemberships: [
      {
        id: 'mem_1',
        role: 'org:admin',
        organization: { id: 'org_1', name: 'Engines', slug: 'engines', has_image: false },
      },
    ],
  }

  /** What the client knows once the server has made the session. */
  const withSession = () => ({ ...fake.clerk.client, signedInSessions: [pending] })

  function signInPending(): void {
    fake.change({ session: pending, user, client: withSession() })
  }

  it('is let go to the page only once one was chosen', async () => {
    fake.calls.setActive.mockImplementationOnce(() => {
      signInPending()
      return Promise.resolve()
    })
    fake.signIn.actions.create.mockImplementationOnce(() => {
      fake.change({ client: withSession() })
      return Promise.resolve(Object.assign(fake.signIn.state, COMPLETE))
    })
    await start(fake)
    type(field('Email address'), 'ada@example.com')
    submit()
    await atStep('Choose an organization')
    expect(fake.calls.setActive.mock.calls).toEqual([[{ session: 'sess_1' }]])

    button(/Engines/).click()
    await until(() =>
      expect(fake.calls.setActive).toHaveBeenLastCalledWith({
        organization: 'org_1',
        redirectUrl: AFTER.redirectUrl,
      }),
    )
  })

  it('is not sent round in circles by a page that comes back here', async () => {
    signInPending()
    show('SignIn', fake)
    await atStep('Choose an organization')
    expect(fake.calls.navigate).not.toHaveBeenCalled()
  })

  it('can make one, or sign out', async () => {
    signInPending()
    show('SignIn', fake)
    await atStep('Choose an organization')
    expect(document.body.textContent).toContain('Signed in as Ada Lovelace.')
    button('Create an organization').click()
    await atStep('Create an organization')
    button('Back').click()
    await atStep('Choose an organization')
    button('Sign out').click()
    expect(fake.calls.signOut).toHaveBeenCalledWith({ sessionId: 'sess_1' })
  })
})

describe('the way to an account', () => {
  it.each([
    ['public', 'Sign up', 'https://id.example.com/sign-up'],
    ['waitlist', 'Join the waitlist', 'https://app.example.com/wait'],
  ] as const)('in %s mode is called "%s"', async (mode, name, href) => {
    const display = { waitlist_url: 'https://app.example.com/wait' }
    fake = createFakeClerk(createEnvironment({ mode, display }))
    await start(fake)
    expect((button(name) as HTMLAnchorElement).href).toBe(href)
  })

  it('is not shown where there is none', async () => {
    fake = createFakeClerk(createEnvironment({ mode: 'restricted' }))
    await start(fake)
    expect(document.querySelector('.core-footer')).toBeNull()
  })
})
