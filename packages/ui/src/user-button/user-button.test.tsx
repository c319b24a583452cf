// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEnvironment, createFakeClerk, USER, type FakeClerk } from '../clerk.test-double.ts'
import {
  alertText,
  button,
  clearPage,
  preparePage,
  press,
  rest,
  show,
  until,
} from '../page.test-driver.ts'
import type { UserButtonProps } from './props.ts'

let fake: FakeClerk

beforeEach(() => {
  preparePage()
  fake = createFakeClerk()
  fake.change({ user: USER, session: { id: 'sess_1' } })
})

afterEach(() => {
  clearPage()
})

async function showButton(props: UserButtonProps = {}): Promise<HTMLElement> {
  show('UserButton', fake, props)
  await until(() => expect(trigger()).not.toBeNull())
  return trigger()!
}

async function openMenu(props: UserButtonProps = {}): Promise<HTMLElement> {
  const opener = await showButton(props)
  opener.click()
  await until(() => expect(menu()).not.toBeNull())
  return opener
}

const trigger = (): HTMLElement | null => document.querySelector('[aria-haspopup="menu"]')
const menu = (): HTMLElement | null => document.querySelector('[role="menu"]')

describe('the button', () => {
  it('shows initials where the user chose no picture', async () => {
    const opener = await showButton()
    expect(opener.textContent).toBe('Open account menuAL')
    expect(opener.querySelector('[aria-hidden="true"]')?.textContent).toBe('AL')
    expect(opener.querySelector('img')).toBeNull()
  })

  it('shows the picture, and the initials once that fails to load', async () => {
    fake.change({ user: { ...USER, hasImage: true, imageUrl: '/ada.png' } })
    const opener = await showButton()
    const image = opener.querySelector('img')
    expect(image?.getAttribute('src')).toBe('/ada.png')
    image?.dispatchEvent(new Event('error'))
    await until(() => expect(opener.querySelector('img')).toBeNull())
    expect(opener.textContent).toContain('AL')
  })

  it('shows the name on demand', async () => {
    const opener = await showButton({ showName: true })
    expect(opener.textContent).toContain('Ada Lovelace')
  })

  it.each([
    [{ fullName: 'Ada King of Lovelace' }, 'AL'],
    [{ fullName: 'Ada' }, 'A'],
    [{ fullName: null, username: 'ada' }, 'A'],
    [{ fullName: null }, 'A'],
    [{ fullName: '𝒜da 🦊fox' }, '𝒜🦊'],
    [{ fullName: null, primaryEmailAddress: null }, ''],
  ])('of %o has the initials "%s"', async (change, initials) => {
    fake.change({ user: { ...USER, ...change } })
    const opener = await showButton()
    expect(opener.querySelector('[aria-hidden="true"]')?.textContent).toBe(initials)
  })

  it('is there only while somebody is signed in', async () => {
    fake.change({ user: null })
    show('UserButton', fake)
    await until(() => expect(fake.listeners()).toBeGreaterThan(0))
    expect(trigger()).toBeNull()
    fake.change({ user: USER })
    await until(() => expect(trigger()).not.toBeNull())
    fake.change({ user: null })
    await until(() => expect(trigger()).toBeNull())
  })
})

describe('the menu', () => {
  it('opens with the focus on its first entry and says who is signed in', async () => {
    const opener = await openMenu()
    expect(opener.getAttribute('aria-expanded')).toBe('true')
    expect(opener.getAttribute('aria-controls')).toBe(menu()?.id)
    expect(document.activeElement).toBe(button('Manage account'))
    expect(document.body.textContent).toContain('ada@example.com')
  })

  it.each(['ArrowDown', 'ArrowUp'])('opens with %s', async (key) => {
    const opener = await showButton()
    expect(press(opener, key).defaultPrevented).toBe(true)
    await until(() => expect(menu()).not.toBeNull())
  })

  it.each([
    ['ArrowDown', 'Sign out'],
    ['ArrowUp', 'Sign out'],
    ['Home', 'Manage account'],
    ['End', 'Sign out'],
  ])('stays inside with %s', async (key, target) => {
    await openMenu()
    expect(press(document.activeElement, key).defaultPrevented).toBe(true)
    expect(document.activeElement).toBe(button(target))
  })

  it('closes with Escape, gives the focus back and keeps the key to itself', async () => {
    const opener = await openMenu()
    const outside = vi.fn<() => void>()
    document.body.addEventListener('keydown', outside)
    press(document.activeElement, 'Escape')
    document.body.removeEventListener('keydown', outside)
    await until(() => expect(menu()).toBeNull())
    expect(document.activeElement).toBe(opener)
    expect(outside).not.toHaveBeenCalled()
  })

  it('closes with Tab and lets it go on from the button', async () => {
    const opener = await openMenu()
    expect(press(document.activeElement, 'Tab').defaultPrevented).toBe(false)
    await until(() => expect(menu()).toBeNull())
    expect(document.activeElement).toBe(opener)
  })

  it('closes with a press beside it, and not with one inside', async () => {
    await openMenu()
    // What listens for it starts to after the next paint.
    await rest()
    menu()?.dispatchEvent(new Event('pointerdown', { bubbles: true, composed: true }))
    await rest()
    expect(menu()).not.toBeNull()
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true, composed: true }))
    await until(() => expect(menu()).toBeNull())
  })

  it('is open from the start on demand', async () => {
    await showButton({ defaultOpen: true })
    await until(() => expect(menu()).not.toBeNull())
  })
})

describe('managing the account', () => {
  it('opens the page in a dialog, or goes to a page of the application', async () => {
    await openMenu({ userProfileProps: { path: '/me' } })
    button('Manage account').click()
    await until(() => expect(fake.calls.openUserProfile.mock.calls).toEqual([[{ path: '/me' }]]))
    expect(menu()).toBeNull()
    clearPage()
    await openMenu({ userProfileMode: 'navigation', userProfileUrl: '/me' })
    button('Manage account').click()
    await until(() => expect(fake.calls.navigate).toHaveBeenCalledWith('/me'))
  })

  it('switches to another person who is signed in here', async () => {
    const other = { id: 'sess_2', user: { ...USER, fullName: 'Eve Moneypenny' } }
    fake.change({ client: { signedInSessions: [{ id: 'sess_1', user: USER }, other] } })
    await openMenu({ afterSwitchSessionUrl: '/inbox' })
    button(/Eve Moneypenny/).click()
    await until(() =>
      expect(fake.calls.setActive).toHaveBeenCalledWith({
        session: 'sess_2',
        redirectUrl: '/inbox',
      }),
    )
  })
})

describe('signing out', () => {
  it('ends the session once, however often it is pressed', async () => {
    await openMenu({ afterSignOutUrl: '/bye' })
    fake.calls.signOut.mockImplementationOnce(() => new Promise(() => undefined))
    const entry = button('Sign out')
    entry.focus()
    entry.click()
    entry.click()
    await until(() => expect(entry.textContent).toBe('Signing out'))
    expect(document.activeElement).toBe(entry)
    expect(fake.calls.signOut.mock.calls).toEqual([[{ sessionId: undefined, redirectUrl: '/bye' }]])
  })

  it('leaves the other people on this browser signed in', async () => {
    fake = createFakeClerk(createEnvironment({ singleSession: false }))
    fake.change({ user: USER, session: { id: 'sess_1' } })
    await openMenu()
    button('Sign out').click()
    expect(fake.calls.signOut).toHaveBeenCalledWith({ sessionId: 'sess_1', redirectUrl: undefined })
  })

  it('says so when it did not work', async () => {
    await openMenu()
    const failure = Object.assign(new Error('offline'), { code: 'network_error' })
    fake.calls.signOut.mockImplementationOnce(() => Promise.reject(failure))
    button('Sign out').click()
    await until(() => expect(alertText()).toContain('could not reach the server'))
  })
})
