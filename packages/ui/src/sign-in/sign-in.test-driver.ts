/** Signing in, as far as a test wants to get. */

import { expect } from 'vitest'
import type { FakeClerk } from '../clerk.test-double.ts'
import { atStep, button, field, show, submit, type, until } from '../page.test-driver.ts'
import type { SignInProps } from './props.ts'

const PASSWORD = { strategy: 'password' }
export const CODE = {
  strategy: 'email_code',
  emailAddressId: 'idn_1',
  safeIdentifier: 'ada@example.com',
}
const RESET = { ...CODE, strategy: 'reset_password_email_code' }

/** An account with every way in. */
export const FIRST_FACTOR = {
  id: 'sia_1',
  status: 'needs_first_factor',
  identifier: 'ada@example.com',
  supportedFirstFactors: [PASSWORD, CODE, RESET],
}
export const COMPLETE = { status: 'complete', createdSessionId: 'sess_1' }
/** What follows from `COMPLETE`. */
export const AFTER = { session: 'sess_1', redirectUrl: 'https://app.example.com/after-sign-in' }

export async function start(fake: FakeClerk, props: SignInProps = {}): Promise<void> {
  show('SignIn', fake, props)
  await atStep('Sign in to Acme')
}

export async function reachPassword(fake: FakeClerk, props: SignInProps = {}): Promise<void> {
  await start(fake, props)
  fake.signIn.answer('create', FIRST_FACTOR)
  type(field('Email address'), 'ada@example.com')
  submit()
  await atStep('Enter your password')
}

export async function reachCode(fake: FakeClerk): Promise<void> {
  await reachPassword(fake)
  button('Use another method').click()
  await atStep('Use another method')
  button('Email a code to ada@example.com').click()
  await atStep('Check your email')
}

export async function signInHere(fake: FakeClerk): Promise<void> {
  await reachPassword(fake)
  fake.signIn.answer('attemptFirstFactor', COMPLETE)
  type(field('Password'), 'secret')
  submit()
  await until(() => expect(document.querySelector('output')?.textContent).toBe('Loading'))
  fake.change({ session: { id: 'sess_1' } })
}
