// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createEnvironment,
  createFakeClerk,
  lateAnswer,
  type FakeClerk,
} from '../clerk.test-double.ts'
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
import {
  AFTER,
  CODE,
  COMPLETE,
  FIRST_FACTOR,
  reachCode,
  reachPassword,
  start,
} from './sign-in.test-driver.ts'

let fake: FakeClerk

beforeEach(() => {
  preparePage()
  fake = createFakeClerk()
})

afterEach(() => {
  clearPage()
})

function fillAhead(): void {
  type(field('Email address'), 'ada@example.com')
  type(document.querySelector<HTMLInputElement>('input[name="password"]')!, 'filled in')
}

describe('a sign-in with a password', () => {
  it('asks for the address, then for the password, and sends the person on', async () => {
    await reachPassword(fake)
    fake.signIn.answer('attemptFirstFactor', COMPLETE)
    type(field('Password'), ' secret with spaces ')
    submit()
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
    expect(fake.signIn.actions.create).toHaveBeenCalledWith({ identifier: 'ada@example.com' })
    expect(fake.signIn.actions.attemptFirstFactor).toHaveBeenCalledWith({
      strategy: 'password',
      password: ' secret with spaces ',
    })
  })

  it('goes where the application wants it to', async () => {
    await reachPassword(fake, { forceRedirectUrl: '/inbox' })
    fake.signIn.answer('attemptFirstFactor', COMPLETE)
    type(field('Password'), 'secret')
    submit()
    await until(() =>
      expect(fake.calls.setActive).toHaveBeenCalledWith({
        session: 'sess_1',
        redirectUrl: '/inbox',
      }),
    )
  })

  it('sends a second submit nowhere while the first is under way', async () => {
    await start(fake)
    const answer = lateAnswer()
    fake.signIn.actions.create.mockImplementationOnce(() => answer.promise)
    type(field('Email address'), 'ada@example.com')
    submit()
    submit()
    button('Continue').click()
    await until(() => expect(button('Continue').getAttribute('aria-busy')).toBe('true'))
    submit()
    answer.arrive(Object.assign(fake.signIn.state, FIRST_FACTOR))
    await atStep('Enter your password')
    expect(fake.signIn.actions.create).toHaveBeenCalledTimes(1)
  })

  it('shows a wrong password at its field and stays', async () => {
    await reachPassword(fake)
    fake.signIn.refuse('attemptFirstFactor', 'form_password_incorrect', 'password')
    type(field('Password'), 'wrong')
    submit()
    await until(() => expect(field('Password').getAttribute('aria-invalid')).toBe('true'))
    expect(descriptionOf(field('Password'))).toBe('That password is not right.')
    expect(document.activeElement).toBe(field('Password'))
    type(field('Password'), 'wron')
    await until(() => expect(field('Password').hasAttribute('aria-invalid')).toBe(false))
  })

  it('keeps the address where a password manager finds it', async () => {
    await reachPassword(fake)
    const username = document.querySelector<HTMLInputElement>('input[autocomplete="username"]')
    expect(username?.value).toBe('ada@example.com')
    expect(username?.readOnly).toBe(true)
    expect(username?.getAttribute('form')).toBe(field('Password').form?.id)
    expect(field('Password').autocomplete).toBe('current-password')
  })

  it('shows and hides the password on demand', async () => {
    await reachPassword(fake)
    type(field('Password'), 'secret')
    button('Show password').click()
    await until(() => expect(field('Password').type).toBe('text'))
    expect(field('Password').value).toBe('secret')
    button('Hide password').click()
    await until(() => expect(field('Password').type).toBe('password'))
  })

  it('goes back to the address with what was typed', async () => {
    await reachPassword(fake)
    button('Change email address').click()
    await atStep('Sign in to Acme')
    expect(field('Email address').value).toBe('ada@example.com')
  })

  it('says that an account is locked on the first screen', async () => {
    await reachPassword(fake)
    fake.signIn.refuse('attemptFirstFactor', 'user_locked')
    type(field('Password'), 'secret')
    submit()
    await atStep('Sign in to Acme')
    await until(() => expect(alertText()).toContain('locked'))
  })

  it('offers another method when the password has leaked', async () => {
    await reachPassword(fake)
    fake.signIn.refuse('attemptFirstFactor', 'form_password_pwned', 'password')
    type(field('Password'), 'password1')
    submit()
    await atStep('Use another method')
    await until(() => expect(alertText()).toContain('data breach'))
  })
})

describe('a password that a manager fills in ahead', () => {
  it('stays out of the way until it is filled', async () => {
    await start(fake)
    const group = document.querySelector('[data-dormant]')
    expect(group?.getAttribute('aria-hidden')).toBe('true')
    expect(group?.querySelector('input')?.tabIndex).toBe(-1)
    fillAhead()
    await until(() => expect(field('Password').tabIndex).toBe(0))
    expect(document.querySelector('[data-dormant]')).toBeNull()
  })

  it('is sent in one request', async () => {
    await start(fake)
    fake.signIn.answer('create', COMPLETE)
    fillAhead()
    submit()
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
    expect(fake.signIn.actions.create.mock.calls).toEqual([
      [{ identifier: 'ada@example.com', password: 'filled in' }],
    ])
  })

  it('is asked for again when it was wrong', async () => {
    await start(fake)
    fake.signIn.refuse('create', 'form_password_incorrect', 'password')
    fake.signIn.answer('create', FIRST_FACTOR)
    fillAhead()
    submit()
    await atStep('Enter your password')
    await until(() => expect(descriptionOf(field('Password'))).toBe('That password is not right.'))
    expect(fake.signIn.actions.create).toHaveBeenLastCalledWith({ identifier: 'ada@example.com' })
  })

  it('is forgotten in silence when the account has none', async () => {
    await start(fake)
    fake.signIn.refuse('create', 'strategy_for_user_invalid')
    fake.signIn.answer('create', { ...FIRST_FACTOR, supportedFirstFactors: [CODE] })
    fillAhead()
    submit()
    await atStep('Check your email')
    expect(alertText()).toBe('')
  })
})

describe('a sign-in with a code', () => {
  it('sends the code once and submits itself when the code is pasted', async () => {
    await reachCode(fake)
    expect(fake.signIn.actions.prepareFirstFactor.mock.calls).toEqual([
      [{ strategy: 'email_code', emailAddressId: 'idn_1' }],
    ])
    fake.signIn.answer('attemptFirstFactor', COMPLETE)
    type(field('Verification code'), '424 242')
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
    expect(fake.signIn.actions.attemptFirstFactor.mock.calls).toEqual([
      [{ strategy: 'email_code', code: '424242' }],
    ])
  })

  it('asks again after a wrong code, with an empty field', async () => {
    await reachCode(fake)
    fake.signIn.refuse('attemptFirstFactor', 'form_code_incorrect', 'code')
    type(field('Verification code'), '111111')
    await until(() => expect(descriptionOf(field('Verification code'))).toContain('not right'))
    expect(field('Verification code').value).toBe('')
    expect(document.activeElement).toBe(field('Verification code'))

    fake.signIn.refuse('attemptFirstFactor', 'form_code_incorrect', 'code')
    type(field('Verification code'), '222222')
    await until(() => expect(fake.signIn.actions.attemptFirstFactor).toHaveBeenCalledTimes(2))
    await until(() => expect(field('Verification code').value).toBe(''))
  })

  it('does not send an incomplete code', async () => {
    await reachCode(fake)
    type(field('Verification code'), '123')
    submit()
    await until(() =>
      expect(descriptionOf(field('Verification code'))).toBe('Enter all 6 digits of the code.'),
    )
    expect(fake.signIn.actions.attemptFirstFactor).not.toHaveBeenCalled()
  })

  it('is the first choice of an instance that prefers codes', async () => {
    fake = createFakeClerk(createEnvironment({ preferred: 'otp' }))
    await start(fake)
    fake.signIn.answer('create', FIRST_FACTOR)
    type(field('Email address'), 'ada@example.com')
    submit()
    await atStep('Check your email')
    expect(fake.signIn.actions.prepareFirstFactor).toHaveBeenCalledTimes(1)
  })

  it('goes on after a reload while the code is valid', async () => {
    Object.assign(fake.signIn.state, FIRST_FACTOR, {
      firstFactorVerification: {
        status: 'unverified',
        strategy: 'email_code',
        expireAt: new Date(Date.now() + 60_000),
      },
    })
    show('SignIn', fake)
    await atStep('Check your email')
    expect(fake.signIn.actions.prepareFirstFactor).not.toHaveBeenCalled()
  })
})

describe('a forgotten password', () => {
  it('is replaced after a code, and the other devices are signed out', async () => {
    await reachPassword(fake)
    button('Forgot password?').click()
    await atStep('Reset your password')
    fake.signIn.answer('attemptFirstFactor', { status: 'needs_new_password' })
    type(field('Verification code'), '424242')
    await atStep('Set a new password')
    expect(fake.signIn.actions.attemptFirstFactor).toHaveBeenCalledWith({
      strategy: 'reset_password_email_code',
      code: '424242',
    })

    expect(field('New password').autocomplete).toBe('new-password')
    fake.signIn.answer('resetPassword', COMPLETE)
    type(field('New password'), 'a better one')
    submit()
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith(AFTER))
    expect(fake.signIn.actions.resetPassword).toHaveBeenCalledWith({
      password: 'a better one',
      signOutOfOtherSessions: true,
    })
  })

  it('is not sent when it is too short', async () => {
    Object.assign(fake.signIn.state, { ...FIRST_FACTOR, status: 'needs_new_password' })
    show('SignIn', fake)
    await atStep('Set a new password')
    type(field('New password'), 'short')
    submit()
    await until(() =>
      expect(descriptionOf(field('New password'))).toBe('Use at least 8 characters.'),
    )
    expect(fake.signIn.actions.resetPassword).not.toHaveBeenCalled()
  })
})

describe('what goes wrong', () => {
  it.each([
    ['', 'Enter your email address.'],
    ['not an address', 'Enter an email address like name@example.com.'],
  ])('an address like "%s" is refused before it is sent', async (value, message) => {
    await start(fake)
    type(field('Email address'), value)
    submit()
    await until(() => expect(descriptionOf(field('Email address'))).toBe(message))
    expect(document.activeElement).toBe(field('Email address'))
    expect(fake.signIn.actions.create).not.toHaveBeenCalled()
  })

  it('is shown at the field that the server names', async () => {
    await start(fake)
    fake.signIn.refuse('create', 'form_identifier_not_found', 'identifier')
    type(field('Email address'), 'nobody@example.com')
    submit()
    await until(() => expect(field('Email address').getAttribute('aria-invalid')).toBe('true'))
    expect(descriptionOf(field('Email address'))).toContain('couldn’t find an account')
    expect(alertText()).toBe('')
  })

  it('is shown above the form when it is about nothing on the screen', async () => {
    await start(fake)
    fake.signIn.refuse('create', 'a_new_code')
    type(field('Email address'), 'ada@example.com')
    submit()
    await until(() => expect(alertText()).toBe('As the server put it.'))
  })

  it('gives nothing away when nobody expected it', async () => {
    await start(fake)
    fake.signIn.actions.create.mockRejectedValueOnce(new TypeError('secret of the implementation'))
    type(field('Email address'), 'ada@example.com')
    submit()
    await until(() => expect(alertText()).toBe('Something went wrong. Please try again.'))
  })

  it('can be tried again when the server could not be reached', async () => {
    await start(fake)
    const failure = Object.assign(new Error('offline'), { code: 'network_error' })
    fake.signIn.actions.create.mockRejectedValueOnce(failure)
    type(field('Email address'), 'ada@example.com')
    submit()
    await until(() => expect(alertText()).toContain('could not reach the server'))
    fake.signIn.answer('create', FIRST_FACTOR)
    submit()
    await atStep('Enter your password')
  })

  it('is an end where the account needs something that this component cannot ask for', async () => {
    await start(fake)
    fake.signIn.answer('create', { ...FIRST_FACTOR, supportedFirstFactors: [{ strategy: 'totp' }] })
    type(field('Email address'), 'ada@example.com')
    submit()
    await atStep('One more step is needed')
    expect(document.activeElement).toBe(document.querySelector('h1'))
  })
})
