import type { NextRequest } from 'next/server'
import { createElement, type ReactNode } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  publishableKey,
  renderThrough,
  renderWith,
  renderWithout,
  request,
  signedIn,
  startApp,
  stopApp,
} from '../server/app.test-server.ts'
import { clerkMiddleware } from '../server/index.ts'
import { ClerkProvider } from './clerk-provider.tsx'
import { Protect, Show, SignedIn, SignedOut } from './control.tsx'

vi.mock('next/headers', async () => (await import('../server/app.test-server.ts')).nextHeaders())

beforeEach(() => startApp())
afterEach(stopApp)

const render = (to: NextRequest) => renderThrough(clerkMiddleware(), to)
const MEMBER = { org_id: 'org_1', org_role: 'org:member', org_permissions: ['org:a:read'] }

async function propsOf(element: Promise<{ readonly props: unknown }>): Promise<object> {
  return (await element).props as object
}

describe('ClerkProvider', () => {
  it('hands the browser what the environment says while it runs', async () => {
    vi.stubEnv('NEXT_PUBLIC_CLERK_SIGN_IN_URL', '/in')
    expect(await propsOf(ClerkProvider({}))).toMatchObject({ publishableKey, signInUrl: '/in' })
    expect(await propsOf(ClerkProvider({ signInUrl: '/own' }))).toMatchObject({ signInUrl: '/own' })
  })

  it('never hands out a secret key or the token', async () => {
    const headers = await signedIn()
    await render(request('/', headers))
    vi.stubEnv('NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY', 'sk_live_secret')
    const text = JSON.stringify(await propsOf(ClerkProvider({ dynamic: true, publishableKey })))
    expect(text).toContain('user_1')
    expect(text).not.toContain('sk_live_secret')
    expect(text).not.toContain(headers['authorization']?.slice(7))
  })

  it('names the variable to set where there is no key', async () => {
    vi.stubEnv('NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY', '')
    await expect(ClerkProvider({})).rejects.toThrow('NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY')
  })

  it('asks who is there only if it is dynamic', async () => {
    await render(request('/', await signedIn()))
    expect(await propsOf(ClerkProvider({}))).toMatchObject({ initialState: undefined })
    expect(await propsOf(ClerkProvider({ dynamic: true }))).toMatchObject({
      initialState: { sessionClaims: { sub: 'user_1' } },
    })
    await render(request('/'))
    expect(await propsOf(ClerkProvider({ dynamic: true }))).toMatchObject({
      initialState: { sessionClaims: null },
    })
  })

  it.each([new Headers(), new Headers({ 'x-clerk-request-data': 'forged' })])(
    'knows nobody on pages that the middleware does not cover',
    async (headers) => {
      renderWith(headers)
      expect(await propsOf(ClerkProvider({ dynamic: true }))).toMatchObject({
        initialState: undefined,
      })
    },
  )
})

async function shown(): Promise<Record<string, ReactNode>> {
  const fallback = 'fallback'
  const children = createElement('p')
  const is = (node: ReactNode): ReactNode => (node === children ? 'children' : node)
  return {
    signedIn: is(await SignedIn({ children })),
    signedOut: is(await SignedOut({ children })),
    showSignedOut: is(await Show({ when: 'signed-out', children, fallback })),
    protect: is(await Protect({ children, fallback })),
    member: is(await Protect({ role: 'org:member', children, fallback })),
    admin: is(await Protect({ role: 'org:admin', children, fallback })),
    undefinedRole: is(await Protect({ role: undefined, children, fallback } as object)),
    reader: is(
      await Protect({
        condition: (has) => has({ permission: 'org:a:read' }),
        children,
        fallback,
      }),
    ),
  }
}

describe('prerendering', () => {
  it('is told that a dynamic provider needs a request', async () => {
    const bailOut = Object.assign(new Error('needs a request'), { digest: 'DYNAMIC_SERVER_USAGE' })
    renderWithout(bailOut)
    await expect(ClerkProvider({ dynamic: true })).rejects.toBe(bailOut)
    await expect(SignedIn({})).rejects.toBe(bailOut)
    expect(await propsOf(ClerkProvider({}))).toMatchObject({ initialState: undefined })
  })
})

describe('SignedIn, SignedOut, Show and Protect', () => {
  it('show to each what is meant for them', async () => {
    await render(request('/'))
    expect(await shown()).toEqual({
      signedIn: null,
      signedOut: 'children',
      showSignedOut: 'children',
      protect: 'fallback',
      member: 'fallback',
      admin: 'fallback',
      undefinedRole: 'fallback',
      reader: 'fallback',
    })
    await render(request('/', await signedIn(MEMBER)))
    expect(await shown()).toEqual({
      signedIn: 'children',
      signedOut: null,
      showSignedOut: 'fallback',
      protect: 'children',
      member: 'children',
      admin: 'fallback',
      undefinedRole: 'fallback',
      reader: 'children',
    })
  })
})
