// @vitest-environment happy-dom
import type { ClerkOptions, UiModule } from '@core/js'
import { act, StrictMode, type ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import {
  claims,
  cleanUp,
  fakeBrowser,
  PUBLISHABLE_KEY,
  settle,
  show,
  showAgain,
  type FakeBrowser,
} from './browser.test-server.ts'
import { SignInButton, SignOutButton, SignUpButton } from './buttons.tsx'
import { ClerkProvider } from './clerk-provider.tsx'
import {
  ClerkLoaded,
  ClerkLoading,
  Protect,
  RedirectToSignIn,
  RedirectToSignUp,
  Show,
  SignedIn,
  SignedOut,
  type ProtectProps,
  type ShowProps,
} from './control.tsx'
import {
  CreateOrganization,
  OrganizationList,
  OrganizationProfile,
  OrganizationSwitcher,
  SignIn,
  SignUp,
  TaskChooseOrganization,
  UserButton,
  UserProfile,
  Waitlist,
} from './mounted.tsx'

beforeEach(() => {
  const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void } }
  happyDOM.setURL('https://example.com/here')
})
afterEach(cleanUp)

const ADMIN = { org_id: 'org_1', org_role: 'org:admin' }

interface InProps extends ClerkOptions {
  readonly browser: FakeBrowser
  readonly children: ReactNode
}

function In({ browser, children, ...options }: InProps): ReactNode {
  return (
    <ClerkProvider publishableKey={PUBLISHABLE_KEY} Clerk={browser.clerk} {...options}>
      {children}
    </ClerkProvider>
  )
}

async function textOf(signedInWith: object | null, children: ReactNode): Promise<string | null> {
  const page = await show(<In browser={fakeBrowser(signedInWith)}>{children}</In>)
  return page.textContent
}

/** What only a JavaScript caller can write. */
function both(params: object, condition: unknown): ProtectProps {
  return { ...params, condition } as ProtectProps
}

async function click(page: HTMLElement): Promise<void> {
  await act(async () => page.querySelector('button')?.click())
  await settle()
}

describe('control components', () => {
  const inAndOut = (
    <>
      <SignedIn>in</SignedIn>
      <SignedOut>out</SignedOut>
    </>
  )

  it.each([
    ['in', {}],
    ['out', null],
    ['out', { sts: 'pending' }],
  ])('show what is for those who are signed %s', async (expected, signedInWith) => {
    expect(await textOf(signedInWith, inAndOut)).toBe(expected)
  })

  it('show nothing while it is not known who is here', () => {
    expect(renderToString(<In browser={fakeBrowser(null)}>{inAndOut}</In>)).toBe('')
  })

  it('show on a server what the server knows', () => {
    const markup = renderToString(
      <ClerkProvider publishableKey={PUBLISHABLE_KEY} initialState={{ sessionClaims: claims() }}>
        {inAndOut}
      </ClerkProvider>,
    )
    expect(markup).toBe('in')
  })

  it.each<[string, string, object | null, ProtectProps]>([
    ['yes', 'an administrator', ADMIN, { role: 'org:admin' }],
    ['no', 'a member', { ...ADMIN, org_role: 'org:member' }, { role: 'org:admin' }],
    ['no', 'somebody without an organization', {}, { role: 'org:admin' }],
    ['no', 'nobody', null, { role: 'org:admin' }],
    ['yes', 'somebody, when nothing is asked', {}, {}],
    ['no', 'nobody, even when nothing is asked', null, {}],
    ['yes', 'whom the function lets pass', ADMIN, { condition: (has) => has({ role: 'admin' }) }],
    ['no', 'nobody, whatever the function says', null, { condition: () => true }],
    ['no', 'somebody, when a condition is undefined', ADMIN, { role: undefined }],
    ['no', 'somebody, when the function is undefined', ADMIN, { condition: undefined }],
    ['no', 'somebody who meets one of two', ADMIN, both({ role: 'org:other' }, () => true)],
    ['no', 'somebody who meets the other of two', ADMIN, both({ role: 'org:admin' }, () => false)],
    ['yes', 'somebody who meets two', ADMIN, both({ role: 'org:admin' }, () => true)],
    ['no', 'somebody, for a function that is none', ADMIN, both({}, true)],
    ['no', 'somebody, for a misspelt condition', ADMIN, { roles: 'org:admin' } as ProtectProps],
    ['no', 'an administrator without the permission', ADMIN, { permission: 'org:a:b' }],
  ])('Protect says %s to %s', async (expected, _, signedInWith, props) => {
    const shown = await textOf(
      signedInWith,
      <Protect {...props} fallback="no">
        yes
      </Protect>,
    )
    expect(shown).toBe(expected)
  })

  it('Protect takes a function or conditions, not both', () => {
    expectTypeOf<{ condition: () => boolean; role: 'org:admin' }>().not.toExtend<ProtectProps>()
    expectTypeOf<{ role: 'org:admin' }>().toExtend<ProtectProps>()
  })

  it.each<[string, object | null, ShowProps]>([
    ['shown', {}, { when: 'signed-in', fallback: 'else' }],
    ['else', null, { when: 'signed-in', fallback: 'else' }],
    ['shown', null, { when: 'signed-out' }],
    ['', {}, { when: 'signed-out' }],
    ['shown', ADMIN, { when: { role: 'org:admin' } }],
    ['', ADMIN, { when: (has) => has({ role: 'org:other' }) }],
    ['', null, { when: () => true }],
  ])('Show shows %j to %j when asked for %j', async (expected, signedInWith, props) => {
    expect(await textOf(signedInWith, <Show {...props}>shown</Show>)).toBe(expected)
  })

  it('Show shows nothing while it is not known who is here', () => {
    const node = (
      <Show when="signed-in" fallback="else">
        shown
      </Show>
    )
    expect(renderToString(<In browser={fakeBrowser(null)}>{node}</In>)).toBe('')
  })

  it('tell loaded from loading', async () => {
    const node = (
      <>
        <ClerkLoading>loading</ClerkLoading>
        <ClerkLoaded>loaded</ClerkLoaded>
      </>
    )
    expect(renderToString(<In browser={fakeBrowser({})}>{node}</In>)).toBe('loading')
    expect(await textOf({}, node)).toBe('loaded')
  })

  it('send people to sign in and back', async () => {
    const browser = fakeBrowser(null)
    await show(
      <In browser={browser} signInUrl="/sign-in">
        <RedirectToSignIn signInFallbackRedirectUrl="/home" />
      </In>,
    )
    const url = new URL(browser.left[0] ?? '')
    expect([browser.left.length, url.pathname]).toEqual([1, '/sign-in'])
    expect(url.searchParams.get('redirect_url')).toBe('https://example.com/here')
    expect(url.searchParams.get('sign_in_fallback_redirect_url')).toBe('https://example.com/home')
  })

  it('send people who left one of several sessions to the page after sign-out', async () => {
    const browser = fakeBrowser({})
    await browser.clerk.load({ afterSignOutUrl: '/choose' })
    await browser.clerk.setActive({ session: null })
    await show(
      <In browser={browser}>
        <RedirectToSignIn />
      </In>,
    )
    expect(browser.left).toEqual(['https://example.com/choose'])
  })

  it('send people to sign up at the page of the instance', async () => {
    const browser = fakeBrowser(null)
    await show(
      <In browser={browser}>
        <RedirectToSignUp redirectUrl="/there" />
      </In>,
    )
    expect(browser.left).toEqual([
      'https://accounts.example.com/sign-up?redirect_url=https%3A%2F%2Fexample.com%2Fthere',
    ])
  })
})

describe('buttons', () => {
  it.each([
    ['Sign in', <SignInButton key="1" />],
    ['Sign up', <SignUpButton key="2" />],
    ['Sign out', <SignOutButton key="3" />],
    ['Enter', <SignInButton key="4">Enter</SignInButton>],
  ])('read %s before the client has loaded', (text, button) => {
    const markup = renderToString(<In browser={fakeBrowser(null)}>{button}</In>)
    expect(markup).toBe(`<button type="button">${text}</button>`)
  })

  it('run the handler of their child first', async () => {
    const browser = fakeBrowser(null)
    const order: string[] = []
    const page = await show(
      <In
        browser={browser}
        signInUrl="/sign-in"
        routerPush={(to) => order.push(to.split('?')[0] ?? '')}
      >
        <SignInButton forceRedirectUrl="/forced">
          <button
            className="mine"
            onClick={async () => {
              await Promise.resolve()
              order.push('mine')
            }}
          >
            Go
          </button>
        </SignInButton>
      </In>,
    )
    expect(page.innerHTML).toBe('<button class="mine">Go</button>')
    await click(page)
    expect(order).toEqual(['mine', '/sign-in'])
  })

  it('take one child', () => {
    const two = (
      <SignUpButton>
        <i />
        <b />
      </SignUpButton>
    )
    expect(() => renderToString(<In browser={fakeBrowser(null)}>{two}</In>)).toThrow(
      '<SignUpButton> takes one child.',
    )
  })

  it('sign out and go where they are told', async () => {
    const browser = fakeBrowser({})
    const page = await show(
      <In browser={browser}>
        <SignOutButton redirectUrl="/bye" />
      </In>,
    )
    await click(page)
    expect(browser.requests.at(-1)).toBe('DELETE /client/sessions')
    expect(browser.left).toEqual(['https://example.com/bye'])
  })

  it('open a dialog where that is asked for', async () => {
    const { log, loadUi } = fakeUi()
    const page = await show(
      <In browser={fakeBrowser(null, { loadUi })}>
        <SignUpButton mode="modal" unsafeMetadata={{ a: 1 }} />
      </In>,
    )
    await click(page)
    expect(log).toEqual(['open SignUp {"unsafeMetadata":{"a":1}}'])
  })
})

function fakeUi(): { readonly log: string[]; readonly loadUi: () => Promise<UiModule> } {
  const log: string[] = []
  const ui: UiModule = {
    mount(component, node, props) {
      const root = node.appendChild(document.createElement('section'))
      root.textContent = component
      log.push(`draw ${component} ${JSON.stringify(props)}`)
      return {
        update: (next) => log.push(`update ${component} ${JSON.stringify(next)}`),
        unmount() {
          root.remove()
          log.push(`remove ${component}`)
        },
      }
    },
    openModal(component, props) {
      log.push(`open ${component} ${JSON.stringify(props)}`)
      return { update: () => undefined, unmount: () => undefined }
    },
  }
  return { log, loadUi: async () => ui }
}

describe('prebuilt components', () => {
  it('take the place of their fallback once they are there', async () => {
    const { loadUi } = fakeUi()
    const node = <SignIn fallback={<i>wait</i>} signUpUrl="/up" />
    expect(renderToString(<In browser={fakeBrowser(null)}>{node}</In>)).toBe(
      '<i>wait</i><div></div>',
    )
    const page = await show(<In browser={fakeBrowser(null, { loadUi })}>{node}</In>)
    expect(page.innerHTML).toBe('<div><section>SignIn</section></div>')
  })

  it.each([
    ['SignIn', { signUpUrl: '/x' }, () => <SignIn signUpUrl="/x" />],
    ['SignUp', { signInUrl: '/x' }, () => <SignUp signInUrl="/x" />],
    ['UserButton', { showName: true }, () => <UserButton showName />],
    ['UserProfile', { path: '/x' }, () => <UserProfile path="/x" />],
    [
      'OrganizationProfile',
      { afterLeaveOrganizationUrl: '/x' },
      () => <OrganizationProfile afterLeaveOrganizationUrl="/x" />,
    ],
    ['OrganizationSwitcher', { hidePersonal: true }, () => <OrganizationSwitcher hidePersonal />],
    ['OrganizationList', { hideSlug: true }, () => <OrganizationList hideSlug />],
    ['CreateOrganization', { hideSlug: true }, () => <CreateOrganization hideSlug />],
    ['Waitlist', { signInUrl: '/x' }, () => <Waitlist signInUrl="/x" />],
    [
      'OrganizationList',
      {
        hidePersonal: true,
        afterSelectOrganizationUrl: '/x',
        afterCreateOrganizationUrl: '/x',
      },
      () => <TaskChooseOrganization redirectUrlComplete="/x" />,
    ],
  ])('draw a %s with the properties %j', async (name, props, component) => {
    const { log, loadUi } = fakeUi()
    await show(<In browser={fakeBrowser({}, { loadUi })}>{component()}</In>)
    expect(log[0]).toBe(`draw ${name} ${JSON.stringify(props)}`)
  })

  it('get new properties in place and go when they are removed', async () => {
    const { log, loadUi } = fakeUi()
    const browser = fakeBrowser({}, { loadUi })
    const { page, rerender } = await showAgain(
      <In browser={browser}>
        <UserButton showName={false} />
      </In>,
    )
    log.length = 0
    await rerender(
      <In browser={browser}>
        <UserButton showName />
      </In>,
    )
    await rerender(<In browser={browser}>gone</In>)
    expect(log.at(0)).toBe('update UserButton {"showName":true}')
    expect(log.at(-1)).toBe('remove UserButton')
    expect(page.innerHTML).toBe('gone')
  })

  it('are drawn once under StrictMode', async () => {
    const { log, loadUi } = fakeUi()
    const page = await show(
      <StrictMode>
        <In browser={fakeBrowser(null, { loadUi })}>
          <SignIn />
        </In>
      </StrictMode>,
    )
    expect(page.querySelectorAll('section')).toHaveLength(1)
    expect(log.filter((line) => line.startsWith('draw'))).toEqual(['draw SignIn {}'])
  })
})
