/** A browser client over a Frontend API in memory, and a place on the page to render into. */

import { Clerk, type ClerkConstructorOptions } from '@core/js'
import {
  createPublishableKey,
  type ClientJSON,
  type ClientSessionJSON,
  type SessionClaims,
} from '@core/protocol'
import { act, type ReactNode } from 'react'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

const HOST = 'clerk.example.com'

export const PUBLISHABLE_KEY: string = createPublishableKey('production', HOST)

/** Claims of a session token, good for a minute from now. */
export function claims(more: object = {}): SessionClaims {
  const iat = Math.floor(Date.now() / 1000)
  const always = { iss: `https://${HOST}`, sub: 'user_1', sid: 'sess_1', iat, exp: iat + 60 }
  return { ...always, ...more } as SessionClaims
}

function encode(value: object): string {
  return btoa(JSON.stringify(value)).replace(/=+$/, '')
}

function session(more: object): ClientSessionJSON {
  const { org_id: organizationId = null, sts = 'active' } = more as Record<string, unknown>
  const part: unknown = {
    object: 'session',
    id: 'sess_1',
    status: sts,
    expire_at: Date.now() + 1e6,
    last_active_organization_id: organizationId,
    last_active_token: {
      object: 'token',
      jwt: `${encode({ alg: 'RS256' })}.${encode(claims(more))}.c2ln`,
    },
    user: { object: 'user', id: 'user_1', first_name: 'Ada', last_name: 'Lovelace' },
    public_user_data: { user_id: 'user_1' },
    tasks: null,
    updated_at: 1,
  }
  return part as ClientSessionJSON
}

export interface FakeBrowser {
  readonly clerk: Clerk
  /** Requests so far: `GET /client`. */
  readonly requests: string[]
  /** Addresses the page was left for. */
  readonly left: string[]
}

/** Makes a client of which somebody is signed in with these claims, or nobody with `null`. */
export function fakeBrowser(
  signedInWith: object | null,
  options: ClerkConstructorOptions = {},
): FakeBrowser {
  const requests: string[] = []
  const left: string[] = []
  const state: { updated_at: number; sessions: ClientSessionJSON[] } = {
    updated_at: Date.now(),
    sessions: signedInWith ? [session(signedInWith)] : [],
  }
  const client = (): ClientJSON => ({
    object: 'client',
    id: 'client_1',
    sign_in: null,
    sign_up: null,
    last_active_session_id: state.sessions[0]?.id ?? null,
    last_authentication_strategy: null,
    cookie_expires_at: null,
    captcha_bypass: false,
    created_at: 1,
    ...state,
  })

  const signUp = (call: string, body: unknown): Response => {
    const isDone = String(body).includes('424242')
    if (call.endsWith('/attempt_verification') && !isDone) {
      const error = {
        code: 'form_code_incorrect',
        message: 'No',
        long_message: 'The code is not right.',
      }
      return Response.json({ errors: [error] }, { status: 422 })
    }
    if (isDone) state.sessions = [session({})]
    const attempt = { object: 'sign_up', id: 'sua_1', created_session_id: isDone ? 'sess_1' : null }
    const status = isDone ? 'complete' : 'missing_requirements'
    return Response.json({ response: { ...attempt, status }, client: client() })
  }

  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = new URL(String(input))
    const call = `${url.searchParams.get('_method') ?? init?.method} ${url.pathname.slice(3)}`
    requests.push(call)
    if (call === 'DELETE /client/sessions') {
      state.sessions = []
      state.updated_at++
      return Response.json({ response: client(), client: client() })
    }
    if (call === 'GET /client') return Response.json({ response: client(), client: null })
    if (call === 'GET /environment') {
      return Response.json({ object: 'environment', display_config: {} })
    }
    if (call.startsWith('POST /client/sign_ups')) return signUp(call, init?.body)
    if (call.endsWith('/touch')) return Response.json({ response: null, client: client() })
    return Response.json({ errors: [{ code: 'unknown', message: call }] }, { status: 404 })
  }

  const clerk = new Clerk(PUBLISHABLE_KEY, { fetch, assign: (url) => left.push(url), ...options })
  clients.push(clerk)
  return { clerk, requests, left }
}

const clients: Clerk[] = []
const roots: Root[] = []

/** Renders into the page and waits until nothing more happens by itself. */
export async function show(
  node: ReactNode,
  options: { readonly onRecoverableError?: (error: unknown) => void } = {},
): Promise<HTMLElement> {
  const place = document.body.appendChild(document.createElement('main'))
  const root = createRoot(place, options)
  roots.push(root)
  await act(async () => root.render(node))
  await settle()
  return place
}

/** Renders into the page, and again into the same place. */
export async function showAgain(
  node: ReactNode,
): Promise<{ readonly page: HTMLElement; rerender(next: ReactNode): Promise<void> }> {
  const page = await show(node)
  const root = roots.at(-1)
  return {
    page,
    rerender: async (next) => {
      await act(async () => root?.render(next))
      await settle()
    },
  }
}

/** Takes over the markup of a server. */
export async function hydrate(
  markup: string,
  node: ReactNode,
  onRecoverableError: (error: unknown) => void,
): Promise<HTMLElement> {
  const place = document.body.appendChild(document.createElement('main'))
  place.innerHTML = markup
  await act(async () => {
    roots.push(hydrateRoot(place, node, { onRecoverableError }))
  })
  await settle()
  return place
}

/** Lets everything that waits for nothing but promises happen. */
export async function settle(): Promise<void> {
  await act(async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0))
  })
}

/** Removes what was rendered and stops the clients. */
export async function cleanUp(): Promise<void> {
  await act(async () => {
    for (const root of roots.splice(0)) root.unmount()
  })
  for (const clerk of clients.splice(0)) clerk.dispose()
  document.body.replaceChildren()
  for (const pair of document.cookie.split('; ')) {
    document.cookie = `${pair.split('=')[0]}=; Max-Age=-1; Path=/`
  }
}
