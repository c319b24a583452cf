// @vitest-environment happy-dom

/** Who may sign up, by what they were sent, and what they agree to. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEnvironment, createFakeClerk, type FakeClerk } from '../clerk.test-double.ts'
import {
  alertText,
  atStep,
  button,
  clearPage,
  descriptionOf,
  field,
  preparePage,
  show,
  submit,
  type,
  until,
} from '../page.test-driver.ts'

const OPEN = {
  id: 'sua_1',
  status: 'missing_requirements',
  missingFields: [],
  unverifiedFields: ['email_address'],
  emailAddress: 'ada@example.com',
}
const INVITED = {
  ...OPEN,
  missingFields: ['password'],
  unverifiedFields: [],
  verifications: { emailAddress: { status: 'verified', strategy: 'ticket' } },
}
const COMPLETE = { status: 'complete', createdSessionId: 'sess_1' }
const AFTER = { session: 'sess_1', redirectUrl: 'https://app.example.com/after-sign-up' }
const LINKS = {
  email_address: {
    enabled: true,
    required: true,
    used_for_first_factor: true,
    verifications: ['email_link'],
  },
}
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

function arrive(query: Record<string, string>, props: object = {}): void {
  history.replaceState(null, '', `?${new URLSearchParams(query)}`)
  show('SignUp', fake, props)
}

function fillIn(): void {
  type(field('Email address'), 'ada@example.com')
  type(field('Password'), 'correct horse')
}

async function reachLink(): Promise<void> {
  fake = createFakeClerk(createEnvironment({ attributes: LINKS }))
  show('SignUp', fake)
  await atStep('Create your account')
  fake.signUp.answer('create', { ...OPEN, verifications: { emailAddress: {} } })
  fillIn()
  submit()
  await atStep('Verify your email')
}

describe('an invitation', () => {
  it.each(['public', 'restricted', 'waitlist'] as const)(
    'fixes the address and asks for the rest, in %s mode',
    async (mode) => {
      fake = createFakeClerk(createEnvironment({ mode }))
      fake.signUp.answer('create', INVITED)
      arrive(
        { __clerk_ticket: 'tick', __clerk_status: 'sign_up' },
        { unsafeMetadata: { plan: 'free' } },
      )
      await atStep('Accept your invitation')
      expect(fake.signUp.actions.create.mock.calls).toEqual([
        [{ strategy: 'ticket', ticket: 'tick', unsafeMetadata: { plan: 'free' } }],
      ])
      expect(location.search).toBe('')
      const address = document.querySelector<HTMLInputElement>('input[autocomplete="username"]')
      expect([address?.value, address?.readOnly]).toEqual(['ada@example.com', true])
      expect(() => button(/Change/)).toThrow('no button')
      expect(() => field('Email address')).toThrow('no field')

      fake.signUp.answer('update', COMPLETE)
      type(field('Password'), 'correct horse')
      type(field('First name'), 'Ada')
      submit()
      await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
      expect(fake.signUp.actions.update).toHaveBeenCalledWith({
        firstName: 'Ada',
        password: 'correct horse',
      })
    },
  )

  it('is gone on with after a reload', async () => {
    fake = createFakeClerk(createEnvironment({ mode: 'restricted' }))
    Object.assign(fake.signUp.state, INVITED)
    show('SignUp', fake)
    await atStep('Accept your invitation')
    expect(fake.signUp.actions.create).not.toHaveBeenCalled()
  })

  it('that needs nothing else is accepted at once', async () => {
    fake.signUp.answer('create', COMPLETE)
    arrive({ __clerk_ticket: 'tick' })
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
  })

  it('that was accepted on the way here sends the person on', async () => {
    fake = createFakeClerk(createEnvironment({ singleSession: false }))
    fake.change({ client: { ...fake.clerk.client, lastActiveSessionId: 'sess_1' } })
    arrive({ __clerk_ticket: 'tick', __clerk_status: 'complete' })
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
    expect(fake.signUp.actions.create).not.toHaveBeenCalled()
  })

  it('that is over says so where nobody else may sign up', async () => {
    fake = createFakeClerk(createEnvironment({ mode: 'restricted' }))
    fake.signUp.refuse('create', 'invitation_expired')
    arrive({ __clerk_ticket: 'tick' })
    await atStep('Sign-up is closed')
    await until(() => expect(alertText()).toContain('invitation has expired'))
  })

  it.each([
    ['says so', 'sign_in', null],
    ['has an account', 'sign_up', 'form_identifier_exists'],
  ])('whose address %s leads to the sign-in', async (_, status, code) => {
    if (code !== null) fake.signUp.refuse('create', code, 'email_address')
    arrive({ __clerk_ticket: 'tick', __clerk_status: status })
    await until(() => expect(fake.calls.navigate).toHaveBeenCalled())
    const url = new URL(String(fake.calls.navigate.mock.calls[0]?.[0]))
    expect(url.pathname).toBe('/sign-in')
    expect(url.searchParams.get('__clerk_ticket')).toBe('tick')
  })
})

describe('where nobody may sign up by themselves', () => {
  it('says so and leads to the sign-in', async () => {
    fake = createFakeClerk(createEnvironment({ mode: 'restricted' }))
    show('SignUp', fake)
    await atStep('Sign-up is closed')
    expect(document.querySelector('form')).toBeNull()
    expect((button('Sign in') as HTMLAnchorElement).href).toBe('https://id.example.com/sign-in')
  })

  it('takes an address for the waitlist, if there is one', async () => {
    fake = createFakeClerk(createEnvironment({ mode: 'waitlist' }))
    show('SignUp', fake)
    await atStep('Join the waitlist')
    type(field('Email address'), 'ada@example.com')
    submit()
    await atStep('Thank you')
    expect(fake.api.changes).toEqual(['POST /waitlist {"emailAddress":"ada@example.com"}'])
  })

  it('leads to the waitlist of an application that has its own page', async () => {
    fake = createFakeClerk(createEnvironment({ mode: 'waitlist' }))
    show('SignUp', fake, { waitlistUrl: '/wait' })
    await atStep('Sign-up is closed')
    button('Join the waitlist').click()
    expect(fake.calls.navigate).toHaveBeenCalledWith('/wait')
  })
})

describe('an address that is proven by a link', () => {
  it('is waited for, and completes the sign-up', async () => {
    await reachLink()
    expect(fake.signUp.actions.prepareEmailAddressVerification.mock.calls).toEqual([
      [{ strategy: 'email_link', redirectUrl: location.href }],
    ])
    fake.signUp.answer('reload', { verifications: { emailAddress: { status: 'unverified' } } })
    fake.signUp.answer('reload', {
      ...COMPLETE,
      verifications: { emailAddress: { status: 'verified' } },
    })
    await vi.advanceTimersByTimeAsync(2_200)
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
  })

  it('asks for what is missing afterwards', async () => {
    await reachLink()
    fake.signUp.answer('reload', {
      missingFields: ['username'],
      unverifiedFields: [],
      verifications: { emailAddress: { status: 'verified' } },
    })
    await vi.advanceTimersByTimeAsync(1_100)
    await atStep('Almost there')
    expect(field('Username').required).toBe(true)
  })

  it('signs in whoever owns an account with it', async () => {
    await reachLink()
    fake.signUp.answer('reload', { verifications: { emailAddress: { status: 'transferable' } } })
    fake.signIn.answer('create', COMPLETE)
    await vi.advanceTimersByTimeAsync(1_100)
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
    expect(fake.signIn.actions.create).toHaveBeenCalledWith({ transfer: true })
  })

  it('that is proven on this page goes on with what is missing', async () => {
    Object.assign(fake.signUp.state, OPEN, {
      missingFields: ['username'],
      unverifiedFields: [],
      verifications: { emailAddress: { status: 'verified', strategy: 'email_link' } },
    })
    arrive({ __clerk_status: 'verified' })
    await atStep('Almost there')
    expect(field('Username').required).toBe(true)
  })
})

describe('legal consent', () => {
  const display = { terms_url: 'https://example.com/terms', privacy_policy_url: '' }

  it('is asked for in words, with the documents there are, and insisted on', async () => {
    fake = createFakeClerk(createEnvironment({ legalConsent: true, display }))
    show('SignUp', fake)
    await atStep('Create your account')
    fillIn()
    submit()
    const consent = field('I agree to the Terms of Service.')
    await until(() => expect(descriptionOf(consent)).toBe('Agree to this to go on.'))
    expect(document.activeElement).toBe(consent)
    expect(fake.signUp.actions.create).not.toHaveBeenCalled()
    expect((button('Terms of Service') as HTMLAnchorElement).href).toBe(display.terms_url)

    fake.signUp.answer('create', OPEN)
    consent.checked = true
    submit()
    await atStep('Verify your email')
    expect(fake.signUp.actions.create).toHaveBeenCalledWith(
      expect.objectContaining({ legalAccepted: 'true' }),
    )
  })

  it('is asked for alone where it is all that is missing', async () => {
    fake = createFakeClerk(createEnvironment({ legalConsent: true, display }))
    show('SignUp', fake)
    await atStep('Create your account')
    fillIn()
    field('I agree to the Terms of Service.').checked = true
    fake.signUp.answer('create', { ...OPEN, missingFields: ['legal_accepted'] })
    submit()
    await atStep('Almost there')
    expect(document.querySelectorAll('input')).toHaveLength(1)
  })
})
