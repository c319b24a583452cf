// @vitest-environment happy-dom

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
import type { SignUpProps } from './props.ts'

const UNVERIFIED = {
  id: 'sua_1',
  status: 'missing_requirements',
  missingFields: [],
  unverifiedFields: ['email_address'],
  emailAddress: 'ada@example.com',
}
const COMPLETE = { status: 'complete', createdSessionId: 'sess_1' }
const AFTER = { session: 'sess_1', redirectUrl: 'https://app.example.com/after-sign-up' }

let fake: FakeClerk

beforeEach(() => {
  preparePage()
  fake = createFakeClerk()
})

afterEach(() => {
  vi.useRealTimers()
  clearPage()
})

async function start(props: SignUpProps = {}): Promise<void> {
  show('SignUp', fake, props)
  await atStep('Create your account')
}

function fillIn(): void {
  type(field('Email address'), ' ada@example.com ')
  type(field('Password'), 'correct horse')
}

async function reachCode(props: SignUpProps = {}): Promise<void> {
  await start(props)
  fake.signUp.answer('create', UNVERIFIED)
  fillIn()
  submit()
  await atStep('Verify your email')
}

function resend(): HTMLElement {
  return button(/^Resend code/)
}

describe('a sign-up', () => {
  it('creates an account, proves the address and sends the person on', async () => {
    await reachCode()
    expect(fake.signUp.actions.create.mock.calls).toEqual([
      [{ emailAddress: 'ada@example.com', password: 'correct horse' }],
    ])
    expect(fake.signUp.actions.prepareEmailAddressVerification.mock.calls).toEqual([
      [{ strategy: 'email_code' }],
    ])
    fake.signUp.answer('attemptEmailAddressVerification', COMPLETE)
    type(field('Verification code'), '424242')
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
    expect(fake.signUp.actions.attemptEmailAddressVerification.mock.calls).toEqual([
      [{ code: '424242' }],
    ])
  })

  it('is done at once where no address has to be proved', async () => {
    await start()
    fake.signUp.answer('create', COMPLETE)
    fillIn()
    submit()
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
  })

  it('hands on the data that the application gives the new user', async () => {
    await reachCode({ unsafeMetadata: { plan: 'free' }, forceRedirectUrl: '/welcome' })
    expect(fake.signUp.actions.create).toHaveBeenCalledWith(
      expect.objectContaining({ unsafeMetadata: { plan: 'free' } }),
    )
    fake.signUp.answer('attemptEmailAddressVerification', COMPLETE)
    type(field('Verification code'), '424242')
    await until(() =>
      expect(fake.calls.setActive).toHaveBeenCalledWith({
        session: 'sess_1',
        redirectUrl: '/welcome',
      }),
    )
  })

  it('sends a second submit nowhere while the first is under way', async () => {
    await start()
    fake.signUp.actions.create.mockImplementationOnce(() => new Promise(() => undefined))
    fillIn()
    submit()
    submit()
    await until(() => expect(button('Continue').getAttribute('aria-busy')).toBe('true'))
    submit()
    expect(fake.signUp.actions.create).toHaveBeenCalledTimes(1)
  })

  it('goes on with the session that is there already', async () => {
    await start()
    fake.change({ client: { ...fake.clerk.client, lastActiveSessionId: 'sess_9' } })
    fake.signUp.refuse('create', 'session_exists')
    fillIn()
    submit()
    await until(() =>
      expect(fake.calls.setActive).toHaveBeenCalledWith({ ...AFTER, session: 'sess_9' }),
    )
  })
})

describe('the form', () => {
  it('asks for what the instance wants to know, in words that password managers know', async () => {
    const attributes = {
      username: { enabled: true, required: true },
      first_name: { enabled: true, required: true },
      last_name: { enabled: false },
    }
    fake = createFakeClerk(createEnvironment({ attributes }))
    await start({ initialValues: { username: 'ada' } })
    const inputs = [...document.querySelectorAll('input')]
    expect(
      inputs.map(({ name, type, autocomplete, required, value }) => ({
        name,
        type,
        autocomplete,
        required,
        value,
      })),
    ).toEqual([
      { name: 'firstName', type: 'text', autocomplete: 'given-name', required: true, value: '' },
      { name: 'username', type: 'text', autocomplete: 'username', required: true, value: 'ada' },
      { name: 'emailAddress', type: 'email', autocomplete: 'email', required: true, value: '' },
      {
        name: 'password',
        type: 'password',
        autocomplete: 'new-password',
        required: true,
        value: '',
      },
    ])
  })

  it('does not send an optional name that stays empty', async () => {
    await start()
    fake.signUp.answer('create', UNVERIFIED)
    fillIn()
    type(field('First name'), 'Ada')
    submit()
    await until(() =>
      expect(fake.signUp.actions.create).toHaveBeenCalledWith({
        firstName: 'Ada',
        emailAddress: 'ada@example.com',
        password: 'correct horse',
      }),
    )
  })

  it('names everything that is missing and goes to the first', async () => {
    await start()
    submit()
    await until(() => expect(document.activeElement).toBe(field('Email address')))
    expect(descriptionOf(field('Email address'))).toBe('Enter your email address.')
    expect(descriptionOf(field('Password'))).toBe('Enter a new password.')
    expect(descriptionOf(field('First name'))).toBe('')
    expect(fake.signUp.actions.create).not.toHaveBeenCalled()
  })

  it('tells the length of a password beforehand and insists on it', async () => {
    await start()
    expect(descriptionOf(field('Password'))).toBe('Use at least 8 characters.')
    type(field('Email address'), 'ada@example.com')
    type(field('Password'), 'short')
    submit()
    await until(() => expect(field('Password').getAttribute('aria-invalid')).toBe('true'))
    expect(fake.signUp.actions.create).not.toHaveBeenCalled()
  })

  it('shows at its field that an address is taken', async () => {
    await start()
    fake.signUp.refuse('create', 'form_identifier_exists', 'email_address')
    fillIn()
    submit()
    await until(() => expect(descriptionOf(field('Email address'))).toContain('taken'))
    expect(document.activeElement).toBe(field('Email address'))
    expect(field('Password').value).toBe('correct horse')
  })

  it('asks for the rest when the server misses something', async () => {
    await start()
    fake.signUp.answer('create', { ...UNVERIFIED, missingFields: ['username'] })
    fillIn()
    submit()
    await atStep('Almost there')
    expect(field('Username').required).toBe(true)
    fake.signUp.answer('update', UNVERIFIED)
    type(field('Username'), 'ada')
    submit()
    await atStep('Verify your email')
    expect(fake.signUp.actions.update).toHaveBeenCalledWith({ username: 'ada' })
  })

  it('ends where the server wants what it cannot ask for', async () => {
    await start()
    fake.signUp.answer('create', { ...UNVERIFIED, missingFields: ['phone_number'] })
    fillIn()
    submit()
    await atStep('One more detail is needed')
    expect(fake.calls.setActive).not.toHaveBeenCalled()
  })
})

describe('the code', () => {
  it('is asked for again after a wrong one', async () => {
    await reachCode()
    fake.signUp.refuse('attemptEmailAddressVerification', 'form_code_incorrect', 'code')
    type(field('Verification code'), '111111')
    await until(() => expect(descriptionOf(field('Verification code'))).toContain('not right'))
    expect(field('Verification code').value).toBe('')
    expect(document.activeElement).toBe(field('Verification code'))
  })

  it('can be sent again after half a minute, and once in that time', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true })
    await reachCode()
    const { prepareEmailAddressVerification } = fake.signUp.actions
    expect(resend().getAttribute('aria-disabled')).toBe('true')
    resend().click()
    expect(prepareEmailAddressVerification).toHaveBeenCalledTimes(1)

    // Second by second, because each is drawn before the next is waited for.
    for (let second = 0; second < 31; second++) await vi.advanceTimersByTimeAsync(1_050)
    expect(resend().textContent).toBe('Resend code')
    resend().click()
    resend().click()
    await until(() => expect(resend().getAttribute('aria-disabled')).toBe('true'))
    expect(prepareEmailAddressVerification).toHaveBeenCalledTimes(2)
    expect(document.body.textContent).toContain('A new code is on its way.')
  })

  it('can go to another address, without filling everything in again', async () => {
    await reachCode()
    button('Change email address').click()
    await atStep('Use a different email')
    expect(field('Email address').value).toBe('ada@example.com')
    fake.signUp.answer('update', { ...UNVERIFIED, emailAddress: 'lovelace@example.com' })
    type(field('Email address'), 'lovelace@example.com')
    submit()
    await atStep('Verify your email')
    expect(fake.signUp.actions.update).toHaveBeenCalledWith({
      emailAddress: 'lovelace@example.com',
    })
    expect(fake.signUp.actions.prepareEmailAddressVerification).toHaveBeenCalledTimes(2)
  })

  it('is asked for after a reload while it is valid', async () => {
    const sent = { status: 'unverified', strategy: 'email_code' }
    Object.assign(fake.signUp.state, UNVERIFIED, {
      verifications: { emailAddress: { ...sent, expireAt: new Date(Date.now() + 60_000) } },
    })
    show('SignUp', fake)
    await atStep('Verify your email')
    expect(fake.signUp.actions.prepareEmailAddressVerification).not.toHaveBeenCalled()
    button('Change email address').click()
    await atStep('Use a different email')
    button('Start over').click()
    await atStep('Create your account')
    expect(alertText()).toBe('')
  })
})
