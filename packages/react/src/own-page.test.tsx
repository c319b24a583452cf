// @vitest-environment happy-dom
import { isClerkAPIResponseError } from '@core/js'
import { act, useState, type FormEvent, type ReactNode } from 'react'
import { afterEach, expect, it } from 'vitest'
import { cleanUp, fakeBrowser, PUBLISHABLE_KEY, settle, show } from './browser.test-server.ts'
import { ClerkProvider } from './clerk-provider.tsx'
import { SignedIn, SignedOut } from './control.tsx'
import { useSignUp } from './use-resources.ts'

afterEach(cleanUp)

/** A sign-up page as applications write it: every step with the object of the first render. */
function OwnSignUp(): ReactNode {
  const { isLoaded, signUp, setActive } = useSignUp()
  const [problem, setProblem] = useState('')

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (!isLoaded) return
    try {
      await signUp.create({ emailAddress: 'ada@example.com', password: 'correct horse' })
      await signUp.prepareEmailAddressVerification({ strategy: 'email_code' })
      await signUp.attemptEmailAddressVerification({ code: '000000' }).catch((error: unknown) => {
        if (isClerkAPIResponseError(error)) setProblem(error.errors[0]?.longMessage ?? '')
      })
      const attempt = await signUp.attemptEmailAddressVerification({ code: '424242' })
      if (attempt.status === 'complete') await setActive({ session: attempt.createdSessionId })
    } catch (error) {
      setProblem(String(error))
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      <p>{problem}</p>
    </form>
  )
}

it('a page of its own signs people up', async () => {
  const browser = fakeBrowser(null)
  const page = await show(
    <ClerkProvider publishableKey={PUBLISHABLE_KEY} Clerk={browser.clerk}>
      <OwnSignUp />
      <SignedIn>in</SignedIn>
      <SignedOut>out</SignedOut>
    </ClerkProvider>,
  )
  expect(page.textContent).toBe('out')
  await act(async () => {
    page
      .querySelector('form')
      ?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
  })
  await settle()
  expect(page.textContent).toBe('The code is not right.in')
  expect(browser.requests.slice(2)).toEqual([
    'POST /client/sign_ups',
    'POST /client/sign_ups/sua_1/prepare_verification',
    'POST /client/sign_ups/sua_1/attempt_verification',
    'POST /client/sign_ups/sua_1/attempt_verification',
    'POST /client/sessions/sess_1/touch',
  ])
})
