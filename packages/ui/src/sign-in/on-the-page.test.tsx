// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
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
  field,
  preparePage,
  rest,
  show,
  submit,
  type,
  until,
} from '../page.test-driver.ts'
import { AFTER, COMPLETE, reachPassword, signInHere, start } from './sign-in.test-driver.ts'

let fake: FakeClerk

beforeEach(() => {
  preparePage()
  fake = createFakeClerk()
})

afterEach(() => {
  clearPage()
})

function linkQuery(): URLSearchParams {
  return new URL(button('Sign up').getAttribute('href') ?? '').searchParams
}

describe('somebody who is signed in already', () => {
  it('is sent on at once', async () => {
    fake.change({ session: { id: 'sess_1' } })
    show('SignIn', fake)
    await until(() =>
      expect(fake.calls.navigate).toHaveBeenCalledWith('https://app.example.com/after-sign-in'),
    )
    expect(fake.calls.navigate).toHaveBeenCalledTimes(1)
  })

  it('is sent on when another tab signs in', async () => {
    await start(fake)
    fake.change({ session: { id: 'sess_1' } })
    await until(() => expect(fake.calls.navigate).toHaveBeenCalledTimes(1))
  })

  it('may sign in again where several sessions are allowed', async () => {
    fake = createFakeClerk(createEnvironment({ singleSession: false }))
    fake.change({ session: { id: 'sess_1' } })
    await start(fake)
    expect(fake.calls.navigate).not.toHaveBeenCalled()
  })

  it('goes on with the session that the server knows of', async () => {
    await start(fake)
    fake.change({ client: { ...fake.clerk.client, lastActiveSessionId: 'sess_9' } })
    fake.signIn.refuse('create', 'session_exists')
    type(field('Email address'), 'ada@example.com')
    submit()
    await until(() =>
      expect(fake.calls.setActive).toHaveBeenCalledWith({ ...AFTER, session: 'sess_9' }),
    )
  })

  it('goes on with the session of the account that is there already', async () => {
    await start(fake)
    const meta = { sessionId: 'sess_7' }
    fake.signIn.refuse('create', 'identifier_already_signed_in', undefined, { meta })
    type(field('Email address'), 'ada@example.com')
    submit()
    await until(() =>
      expect(fake.calls.setActive).toHaveBeenCalledWith({ ...AFTER, session: 'sess_7' }),
    )
  })
})

describe('somebody who comes back', () => {
  it('starts over after signing out where they signed in', async () => {
    await signInHere(fake)
    await rest()
    expect(document.querySelector('form')).toBeNull()
    fake.signIn.answer('create', { status: null, identifier: null })
    await fake.signIn.actions.create()
    fake.change({ session: null })
    await atStep('Sign in to Acme')
    expect(field('Email address').value).toBe('')
    expect(fake.calls.navigate).not.toHaveBeenCalled()
  })

  it('with the back button gets a page that is alive', async () => {
    const reload = vi.spyOn(location, 'reload').mockImplementation(() => undefined)
    await signInHere(fake)
    await rest()
    window.dispatchEvent(new Event('pageshow'))
    expect(reload).not.toHaveBeenCalled()
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    expect(reload).toHaveBeenCalledTimes(1)
  })
})

describe('the focus', () => {
  it('goes to the first field of each step', async () => {
    await reachPassword(fake)
    expect(document.activeElement).toBe(field('Password'))
    button('Use another method').click()
    await atStep('Use another method')
    expect(document.activeElement).toBe(document.querySelector('h1'))
    button('Email a code to ada@example.com').click()
    await atStep('Check your email')
    expect(document.activeElement).toBe(field('Verification code'))
  })

  it('is not taken from somebody who is busy elsewhere on the page', async () => {
    const search = document.createElement('input')
    document.body.append(search)
    search.focus()
    await start(fake)
    expect(document.activeElement).toBe(search)
  })

  it('is taken on a page where nobody has it', async () => {
    await start(fake)
    expect(document.activeElement).toBe(field('Email address'))
  })
})

describe('the link to sign up', () => {
  it('carries along where the person wants to get', async () => {
    window.history.replaceState(null, '', '/sign-in?redirect_url=https%3A%2F%2Fapp.example.com%2Fx')
    await start(fake, { forceRedirectUrl: '/in', signUpForceRedirectUrl: '/up' })
    expect(Object.fromEntries(linkQuery())).toEqual({
      redirect_url: 'https://app.example.com/x',
      sign_in_force_redirect_url: '/in',
      sign_up_force_redirect_url: '/up',
    })
    window.history.replaceState(null, '', '/')
  })

  it('leads to the page of the application, through its router', async () => {
    await start(fake, { signUpUrl: '/join' })
    expect(button('Sign up').getAttribute('href')).toBe(new URL('/join', location.href).href)
    button('Sign up').click()
    expect(fake.calls.navigate).toHaveBeenCalledWith(new URL('/join', location.href).href)
  })
})

describe('leaving', () => {
  it('in the middle of an answer activates nothing', async () => {
    const { unmount } = show('SignIn', fake)
    await atStep('Sign in to Acme')
    const answer = lateAnswer()
    fake.signIn.actions.create.mockImplementationOnce(() => answer.promise)
    type(field('Email address'), 'ada@example.com')
    submit()
    await until(() => expect(fake.signIn.actions.create).toHaveBeenCalled())
    unmount()
    answer.arrive(Object.assign(fake.signIn.state, COMPLETE))
    await rest()
    expect(fake.calls.setActive).not.toHaveBeenCalled()
  })

  it('takes everything off the page and stops listening', async () => {
    const { unmount, node } = show('SignIn', fake)
    await atStep('Sign in to Acme')
    await until(() => expect(fake.listeners()).toBeGreaterThan(0))
    unmount()
    expect(node.childNodes.length).toBe(0)
    await until(() => expect(fake.listeners()).toBe(0))
  })
})

describe('an instance that is not there yet', () => {
  it('shows that it is on its way, then the form', async () => {
    const environment = fake.clerk.environment
    fake.change({ environment: null, status: 'loading' })
    show('SignIn', fake)
    await until(() => expect(document.querySelector('output')?.textContent).toBe('Loading'))
    fake.change({ environment, status: 'ready' })
    await atStep('Sign in to Acme')
  })

  it('sees what arrived between drawing and listening', async () => {
    const { environment } = fake.clerk
    fake.change({ environment: null, status: 'loading' })
    const early = fake.clerk.getSnapshot()
    vi.spyOn(fake.clerk, 'subscribe').mockImplementation(() => () => undefined)
    vi.spyOn(fake.clerk, 'getSnapshot').mockImplementationOnce(() => {
      queueMicrotask(() => fake.change({ environment, status: 'ready' }))
      return early
    })
    show('SignIn', fake)
    await atStep('Sign in to Acme')
    expect(fake.listeners()).toBe(0)
  })

  it('says so when it cannot be reached', async () => {
    fake.change({ environment: null, client: undefined, status: 'error' })
    show('SignIn', fake)
    await until(() => expect(alertText()).toContain('could not reach the server'))
  })
})
