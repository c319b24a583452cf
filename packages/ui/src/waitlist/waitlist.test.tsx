// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFakeClerk } from '../clerk.test-double.ts'
import {
  atStep,
  clearPage,
  descriptionOf,
  field,
  preparePage,
  show,
  submit,
  type,
  until,
} from '../page.test-driver.ts'

beforeEach(() => preparePage())
afterEach(() => clearPage())

it('takes an address, says thank you and goes where it was told', async () => {
  const fake = createFakeClerk()
  show('Waitlist', fake, { afterJoinWaitlistUrl: '/thanks' })
  await atStep('Join the waitlist')
  fake.api.refuse('POST /waitlist', 'form_param_format_invalid', 'email_address')
  type(field('Email address'), 'ada@example.com')
  submit()
  await until(() => expect(descriptionOf(field('Email address'))).toContain('valid email'))
  submit()
  await atStep('Thank you')
  expect(fake.api.changes[1]).toBe('POST /waitlist {"emailAddress":"ada@example.com"}')
  expect(fake.calls.navigate).toHaveBeenCalledWith('/thanks')
})
