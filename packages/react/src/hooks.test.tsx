// @vitest-environment happy-dom
import type { Clerk, SignIn, User } from '@core/js'
import { act, StrictMode, type ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import {
  claims,
  cleanUp,
  fakeBrowser,
  hydrate,
  PUBLISHABLE_KEY,
  settle,
  show,
  showAgain,
} from './browser.test-server.ts'
import { ClerkProvider } from './clerk-provider.tsx'
import { useAuth, type UseAuthReturn } from './use-auth.ts'
import {
  useClerk,
  useSession,
  useSessionList,
  useSignIn,
  useSignUp,
  useUser,
} from './use-resources.ts'

afterEach(cleanUp)

function Probe({ onRender }: { readonly onRender: (auth: UseAuthReturn) => void }): ReactNode {
  const auth = useAuth()
  onRender(auth)
  return <p>{auth.isLoaded ? (auth.userId ?? 'nobody') : 'loading'}</p>
}

function Name(): ReactNode {
  const { isLoaded, user } = useUser()
  return <p>{isLoaded ? (user?.fullName ?? 'nobody') : 'loading'}</p>
}

function SessionId(): ReactNode {
  const { isLoaded, session } = useSession()
  return <p>{isLoaded ? (session?.id ?? 'no session') : 'loading'}</p>
}

const ignore = (): void => undefined

async function refuse(): Promise<Response> {
  return Response.json({ errors: [{ code: 'origin_invalid', message: 'No.' }] }, { status: 400 })
}

function app(clerk: Clerk, sub: string | null): ReactNode {
  return (
    <ClerkProvider
      publishableKey={PUBLISHABLE_KEY}
      Clerk={clerk}
      initialState={{ sessionClaims: sub === null ? null : claims({ sub }) }}
    >
      <Probe onRender={ignore} />
    </ClerkProvider>
  )
}

describe('useAuth', () => {
  it('goes from loading to the user of the client', async () => {
    const { clerk } = fakeBrowser({})
    const seen: unknown[] = []
    const page = await show(
      <ClerkProvider publishableKey={PUBLISHABLE_KEY} Clerk={clerk}>
        <Probe onRender={({ isLoaded, userId }) => seen.push([isLoaded, userId])} />
      </ClerkProvider>,
    )
    expect(seen[0]).toEqual([false, undefined])
    expect(seen.at(-1)).toEqual([true, 'user_1'])
    expect(page.textContent).toBe('user_1')
  })

  it('goes from loading to nobody', async () => {
    const { clerk } = fakeBrowser(null)
    const page = await show(
      <ClerkProvider publishableKey={PUBLISHABLE_KEY} Clerk={clerk}>
        <Probe onRender={ignore} />
      </ClerkProvider>,
    )
    expect(page.textContent).toBe('nobody')
  })

  it('says what the server knew until the client has loaded, and only the client after that', async () => {
    const { clerk } = fakeBrowser(null)
    const seen: unknown[] = []
    await show(
      <ClerkProvider
        publishableKey={PUBLISHABLE_KEY}
        Clerk={clerk}
        initialState={{ sessionClaims: claims({ sub: 'user_server' }) }}
      >
        <Probe onRender={({ userId }) => seen.push(userId)} />
      </ClerkProvider>,
    )
    expect([seen[0], seen.at(-1)]).toEqual(['user_server', null])
  })

  it('gives a token and signs out once the client has loaded', async () => {
    const { clerk, requests } = fakeBrowser({})
    let auth: UseAuthReturn | undefined
    let early: Promise<string | null> | undefined
    const page = await show(
      <ClerkProvider publishableKey={PUBLISHABLE_KEY} Clerk={clerk}>
        <Probe
          onRender={(next) => {
            auth = next
            early ??= next.getToken()
          }}
        />
      </ClerkProvider>,
    )
    expect(await early).toBe(clerk.session?.lastActiveToken?.jwt)
    await act(async () => auth?.signOut(ignore))
    expect(page.textContent).toBe('nobody')
    expect(requests.at(-1)).toBe('DELETE /client/sessions')
    expect(await auth?.getToken()).toBeNull()
  })

  it('returns the same object until something changes', async () => {
    const { clerk } = fakeBrowser({})
    const seen: UseAuthReturn[] = []
    const page = (
      <ClerkProvider publishableKey={PUBLISHABLE_KEY} Clerk={clerk}>
        <Probe onRender={(auth) => seen.push(auth)} />
      </ClerkProvider>
    )
    await show(page)
    const before = seen.length
    await act(async () => clerk.client?.signIn.create({ identifier: 'x' }).catch(ignore))
    await settle()
    expect(seen).toHaveLength(before)
  })
})

describe('other hooks', () => {
  it('return user, session, sessions, attempts and the client', async () => {
    const { clerk } = fakeBrowser({})
    const seen: Record<string, unknown> = {}
    function All(): ReactNode {
      Object.assign(seen, {
        user: useUser().user,
        session: useSession().session,
        sessions: useSessionList().sessions,
        signIn: useSignIn().signIn,
        signUp: useSignUp().signUp,
        clerk: useClerk(),
      })
      return null
    }
    await show(
      <ClerkProvider publishableKey={PUBLISHABLE_KEY} Clerk={clerk}>
        <All />
      </ClerkProvider>,
    )
    expect(seen['user']).toBe(clerk.user)
    expect(seen['session']).toBe(clerk.session)
    expect(seen['sessions']).toBe(clerk.client?.sessions)
    expect(seen['signIn']).toBe(clerk.client?.signIn)
    expect(seen['signUp']).toBe(clerk.client?.signUp)
    expect(seen['clerk']).toBe(clerk)
  })

  it.each([
    ['useAuth()', useAuth],
    ['useUser()', useUser],
    ['useSession()', useSession],
    ['useSessionList()', useSessionList],
    ['useSignIn()', useSignIn],
    ['useSignUp()', useSignUp],
    ['useClerk()', useClerk],
  ])('%s asks for a provider where there is none', (name, useHook) => {
    function Alone(): ReactNode {
      useHook()
      return null
    }
    expect(() => renderToString(<Alone />)).toThrow(
      `${name} needs to know who is signed in. Wrap the application in <ClerkProvider>.`,
    )
  })

  it('narrow by isLoaded and isSignedIn', () => {
    type Known = Extract<ReturnType<typeof useUser>, { isSignedIn: true }>
    type Attempt = Extract<ReturnType<typeof useSignIn>, { isLoaded: true }>
    expectTypeOf<Known['user']>().toEqualTypeOf<User>()
    expectTypeOf<Attempt['signIn']>().toEqualTypeOf<SignIn>()
    expectTypeOf<Attempt['setActive']>().toEqualTypeOf<Clerk['setActive']>()
  })
})

describe('a provider', () => {
  it('loads once under StrictMode and outlives its double mount', async () => {
    const { clerk, requests } = fakeBrowser({})
    const page = await show(
      <StrictMode>
        <ClerkProvider publishableKey={PUBLISHABLE_KEY} Clerk={clerk}>
          <Name />
        </ClerkProvider>
      </StrictMode>,
    )
    expect(requests).toEqual(['GET /environment', 'GET /client'])
    expect(page.textContent).toBe('Ada Lovelace')
  })

  it('refuses to stand inside another one', () => {
    const nested = (
      <ClerkProvider publishableKey={PUBLISHABLE_KEY}>
        <ClerkProvider publishableKey={PUBLISHABLE_KEY} />
      </ClerkProvider>
    )
    expect(() => renderToString(nested)).toThrow('There is a <ClerkProvider> above this one')
  })

  it('refuses a key that is none', () => {
    expect(() => renderToString(<ClerkProvider publishableKey="" />)).toThrow('publishable key')
  })

  it('navigates with the router of the newest render', async () => {
    const { clerk } = fakeBrowser({})
    const pushed: string[] = []
    function App({ name }: { readonly name: string }): ReactNode {
      return (
        <ClerkProvider
          publishableKey={PUBLISHABLE_KEY}
          Clerk={clerk}
          routerPush={(to) => pushed.push(`${name} ${to}`)}
        />
      )
    }
    const { rerender } = await showAgain(<App name="old" />)
    await rerender(<App name="new" />)
    await clerk.navigate('/there')
    expect(pushed).toEqual(['new /there'])
  })

  it('hands later looks on to the components', async () => {
    const { clerk } = fakeBrowser(null)
    const looks = (color: string): ReactNode => (
      <ClerkProvider
        publishableKey={PUBLISHABLE_KEY}
        Clerk={clerk}
        appearance={{ variables: { colorPrimary: color } }}
      />
    )
    const { rerender } = await showAgain(looks('red'))
    await rerender(looks('blue'))
    expect(clerk.options.appearance).toEqual({ variables: { colorPrimary: 'blue' } })
  })

  it('reports when the server refuses to serve the page', async () => {
    const report = vi.fn<(error: unknown) => void>()
    vi.stubGlobal('reportError', report)
    const { clerk } = fakeBrowser(null, { fetch: refuse })
    await show(<ClerkProvider publishableKey={PUBLISHABLE_KEY} Clerk={clerk} />)
    vi.unstubAllGlobals()
    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 400 }))
  })
})

describe('a page that a server rendered', () => {
  it.each([
    ['user_1', 'user_1'],
    [null, 'nobody'],
  ])('already shows %j', (sub, expected) => {
    expect(renderToString(app(fakeBrowser(null).clerk, sub))).toBe(`<p>${expected}</p>`)
  })

  it.each<[string, ReactNode]>([
    ['nobody', <Name key="1" />],
    ['no session', <SessionId key="2" />],
  ])('already shows %s when the server found nobody', (expected, children) => {
    const markup = renderToString(
      <ClerkProvider publishableKey={PUBLISHABLE_KEY} initialState={{ sessionClaims: null }}>
        {children}
      </ClerkProvider>,
    )
    expect(markup).toBe(`<p>${expected}</p>`)
  })

  it('shows that it is loading when the server did not look', () => {
    const { clerk } = fakeBrowser({})
    const markup = renderToString(
      <ClerkProvider publishableKey={PUBLISHABLE_KEY} Clerk={clerk}>
        <Probe onRender={ignore} />
      </ClerkProvider>,
    )
    expect(markup).toBe('<p>loading</p>')
  })

  it('is taken over without a mismatch, even when the client has loaded before', async () => {
    const { clerk } = fakeBrowser({})
    const markup = renderToString(app(clerk, 'user_server'))
    await clerk.load()
    const mismatches: unknown[] = []
    const page = await hydrate(markup, app(clerk, 'user_server'), (error) => mismatches.push(error))
    expect(mismatches).toEqual([])
    expect(page.textContent).toBe('user_1')
  })
})
