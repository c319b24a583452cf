// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEnvironment, createFakeClerk, USER, type FakeClerk } from './clerk.test-double.ts'
import { mount } from './index.tsx'
import {
  atStep,
  button,
  clearPage,
  field,
  preparePage,
  press,
  rest,
  show,
  showModal,
  submit,
  type,
  until,
} from './page.test-driver.ts'

let fake: FakeClerk

beforeEach(() => {
  preparePage()
  fake = createFakeClerk()
})

afterEach(() => {
  clearPage()
})

const dialog = (): HTMLDialogElement | null => document.querySelector('dialog')

describe('mounting', () => {
  it('leaves what is in the node where it is', async () => {
    const { node, unmount } = show('SignIn', fake)
    const own = document.createElement('p')
    node.append(own)
    await atStep('Sign in to Acme')
    unmount()
    expect([...node.childNodes]).toEqual([own])
  })

  it('gives two components on a page different ids', async () => {
    show('SignIn', fake)
    show('SignUp', fake)
    await until(() => expect(document.querySelectorAll('h1').length).toBe(2))
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(6)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('takes new props without losing what was typed', async () => {
    const { update } = show('SignIn', fake, { signUpUrl: '/a' })
    await atStep('Sign in to Acme')
    field('Email address').value = 'ada@'
    update({ signUpUrl: '/b' })
    await until(() => expect(button('Sign up').getAttribute('href')).toContain('/b'))
    expect(field('Email address').value).toBe('ada@')
  })

  it('draws nothing after it was unmounted, though its code arrives', async () => {
    const { node, unmount } = show('SignIn', fake)
    unmount()
    await import('./sign-in/screen.ts')
    await rest()
    expect(node.childNodes.length).toBe(0)
    expect(fake.listeners()).toBe(0)
  })

  it('needs no style attribute in its markup and no style element', async () => {
    show('SignIn', fake)
    await atStep('Sign in to Acme')
    expect(document.querySelector('style, link, [style]')).toBeNull()
    expect(document.adoptedStyleSheets.length).toBeGreaterThan(0)
  })

  it('adopts its styles once, however many components there are', async () => {
    show('SignIn', fake)
    await atStep('Sign in to Acme')
    const before = document.adoptedStyleSheets.length
    show('SignIn', fake)
    show('SignUp', fake)
    await until(() => expect(document.querySelectorAll('h1').length).toBe(3))
    expect(document.adoptedStyleSheets.length).toBe(before)
  })

  it('styles a shadow tree from within', async () => {
    const place = document.createElement('div')
    document.body.append(place)
    const shadow = place.attachShadow({ mode: 'open' })
    const node = document.createElement('div')
    shadow.append(node)
    const handle = mount('SignIn', node, {}, fake.clerk)
    await until(() => expect(shadow.querySelector('h1')).not.toBeNull())
    expect(shadow.adoptedStyleSheets.length).toBeGreaterThan(0)
    handle.unmount()
  })
})

describe('appearance', () => {
  it('sets variables of the page and of the component, which wins', async () => {
    fake.change({
      options: { appearance: { variables: { colorPrimary: 'red', borderRadius: '0' } } },
    })
    const { node, update } = show('SignIn', fake, {
      appearance: { variables: { colorPrimary: 'green', fontSize: '1rem' } },
    })
    const { style } = node.querySelector<HTMLElement>('.core-root')!
    expect(style.getPropertyValue('--core-color-primary')).toBe('green')
    expect(style.getPropertyValue('--core-radius')).toBe('0')
    update({})
    expect(style.getPropertyValue('--core-color-primary')).toBe('red')
    expect(style.getPropertyValue('--core-font-size')).toBe('')
  })

  it('has the looks of the instance, below those of the page', async () => {
    const { node, update } = show('SignIn', fake)
    const { style } = node.querySelector<HTMLElement>('.core-root')!
    const environment = createEnvironment()
    const general = { color: '#ffcc00', border_radius: '2px' }
    const display_config = { ...environment.display_config, theme: { general } }
    fake.change({ environment: { ...environment, display_config } })
    expect(style.getPropertyValue('--_theme-primary')).toContain('#ffcc00')
    expect(style.getPropertyValue('--_theme-primary-foreground')).toContain('#000000')
    expect(style.getPropertyValue('--_theme-radius')).toBe('2px')
    update({ appearance: { variables: { colorPrimary: 'navy' } } })
    expect(style.getPropertyValue('--core-color-primary')).toBe('navy')
    expect(style.getPropertyValue('--_theme-primary-foreground')).toBe('')
  })

  it.each([null, 'red', { variables: null }, { variables: { colorPrimary: 7, unknown: 'x' } }])(
    'survives %o',
    (appearance) => {
      const { node } = show('SignIn', fake, { appearance: appearance as never })
      const { style } = node.querySelector<HTMLElement>('.core-root')!
      expect(style.length).toBe(0)
    },
  )
})

describe('a dialog', () => {
  it('opens above the page with the focus in its first field', async () => {
    showModal('SignIn', fake)
    expect(dialog()?.open).toBe(true)
    expect(dialog()?.getAttribute('aria-label')).toBe('Sign in')
    await until(() => expect(document.activeElement).toBe(field('Email address')))
    expect(document.documentElement.style.overflow).toBe('hidden')
  })

  it.each([
    ['the close button', () => button('Close').click()],
    ['Escape', () => dialog()?.dispatchEvent(new Event('cancel', { cancelable: true }))],
    ['a press beside the card', () => dialog()?.dispatchEvent(new Event('pointerdown'))],
  ])('asks the client to close it on %s', async (_, dismiss) => {
    showModal('SignIn', fake)
    await atStep('Sign in to Acme')
    dismiss()
    expect(fake.calls.closeSignIn).toHaveBeenCalledTimes(1)
  })

  it('stays open when something inside is pressed', async () => {
    showModal('SignIn', fake)
    await atStep('Sign in to Acme')
    field('Email address').dispatchEvent(new Event('pointerdown', { bubbles: true }))
    press(field('Email address'), 'a')
    expect(fake.calls.closeSignIn).not.toHaveBeenCalled()
  })

  it('gives the focus and the page back', async () => {
    const opener = document.createElement('button')
    document.body.append(opener)
    opener.focus()
    const { unmount } = showModal('SignUp', fake)
    await atStep('Create your account')
    unmount()
    expect(dialog()).toBeNull()
    expect(document.activeElement).toBe(opener)
    expect(document.documentElement.style.overflow).toBe('')
  })

  it('makes way for the other component, with its destinations', async () => {
    showModal('SignIn', fake, { forceRedirectUrl: '/in', signUpForceRedirectUrl: '/up' })
    await atStep('Sign in to Acme')
    button('Sign up').click()
    expect(fake.calls.closeSignIn).toHaveBeenCalledTimes(1)
    expect(fake.calls.openSignUp).toHaveBeenCalledWith(
      expect.objectContaining({ forceRedirectUrl: '/up', signInForceRedirectUrl: '/in' }),
    )
  })

  it('goes on with the page below it, unless told otherwise', async () => {
    showModal('SignIn', fake)
    await atStep('Sign in to Acme')
    fake.signIn.answer('create', { status: 'complete', createdSessionId: 'sess_1' })
    type(field('Email address'), 'ada@example.com')
    submit()
    await until(() => expect(fake.calls.closeSignIn).toHaveBeenCalledTimes(1))
    expect(fake.calls.setActive).toHaveBeenCalledWith({
      session: 'sess_1',
      redirectUrl: location.href,
    })
  })

  it('closes itself once somebody is signed in', async () => {
    showModal('SignIn', fake)
    await atStep('Sign in to Acme')
    fake.change({ session: { id: 'sess_1' }, user: USER })
    await until(() => expect(fake.calls.closeSignIn).toHaveBeenCalledTimes(1))
    expect(fake.calls.navigate).not.toHaveBeenCalled()
  })
})
