/** An app that uses the published browser client: its pages, its bundles, and its own way to the Frontend API. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { createClerkClient } from '@clerk/backend'
import { createIdentity, type InstanceKeys, type SettingChanges } from '@core/identity'

import { root } from '../../structure/imports.ts'
import { selfSigned } from '../../world/certificate.ts'
import { listen } from '../../world/socket.ts'

/** The versions that are tried, by their first number: which packages their bundles come from. */
export const CLIENTS = {
  5: { script: 'clerk-js-5', ui: null },
  6: { script: '@clerk/clerk-js', ui: '@clerk/ui' },
} as const

export type ClientVersion = keyof typeof CLIENTS

/** Pages, and the instance that they speak to. */
export interface Site {
  readonly url: string
  readonly keys: InstanceKeys
}

export interface App extends Site {
  /** Pages whose instance lets nobody sign up by themselves, and mails links instead of codes. */
  readonly club: Site
  /** Pages at an address of numbers, which speak to a development instance without the app's server. */
  readonly development: Site
  /** How far the clock of the server is ahead. */
  aheadMs: number
  /** The text of the newest mail to an address. */
  mailTo(address: string): string
  close(): Promise<void>
}

/** Below this path the app's own server forwards to the Frontend API. */
const PROXY_PATH = '/__clerk'

/** Starts an app and the instances behind it. Everything is on one loopback port. */
export async function startApp(version: ClientVersion, settings: SettingChanges): Promise<App> {
  const mails: { readonly to: string; readonly text: string }[] = []
  const clock = { aheadMs: 0 }
  const identity = await createIdentity({
    mailer: { send: async (_instance, mail) => void mails.push(mail) },
    now: () => Date.now() + clock.aheadMs,
  })
  /** The instances that the app's server knows, and what it serves, by host. */
  const instances = new Map<string, InstanceKeys>()
  const pages = new Map<string, string>()
  const socket = await listen(async (request) => {
    const { pathname, host } = new URL(request.url)
    const keys = instances.get(host)
    if (keys !== undefined && pathname.startsWith(`${PROXY_PATH}/`)) {
      return identity.fetch(forward(request, `http://${host}${PROXY_PATH}`, keys.secretKey))
    }
    // The Backend API, and the Frontend API by its own name: pictures come from there.
    if (host.startsWith('clerk.') || pathname.startsWith('/v1/')) return identity.fetch(request)
    const [, bundle, file] = /^\/(script|ui)\/([\w.-]+\.js)$/.exec(pathname) ?? []
    const name = bundle === undefined ? null : CLIENTS[version][bundle as 'script' | 'ui']
    if (name != null && file !== undefined) {
      const body = await readFile(join(root, 'conformance/node_modules', name, 'dist', file))
      return new Response(body, { headers: { 'content-type': 'text/javascript' } })
    }
    if (pathname === '/favicon.ico') return new Response(null, { status: 204 })
    if (keys !== undefined && pathname === '/server') return answerAsServer(request, keys)
    return new Response(pages.get(host), {
      headers: { 'content-type': 'text/html; charset=utf-8' },
    })
  }, selfSigned())
  const apiUrl = `http://${socket.host}`

  async function addSite(host: string, changes: SettingChanges): Promise<Site> {
    const url = `http://${host}`
    const keys = await identity.addInstance({
      type: 'production',
      // The client wants a dot in the name; a name below localhost shares no cookies by itself.
      frontendApi: `clerk.${host}`,
      settings: { application_name: 'Acme', allowed_origins: [url], ...changes },
    })
    instances.set(host, { ...keys, apiUrl })
    pages.set(host, pageOf(version, keys.publishableKey, PROXY_PATH))
    return { url, keys: { ...keys, apiUrl } }
  }

  const main = await addSite(socket.host, settings)
  const club = await addSite(`club.${socket.host}`, {
    sign_up_mode: 'waitlist',
    email_verification_strategies: ['email_link'],
  })
  // Keys of a host without a dot are refused, and names below localhost lead nowhere from Node.
  const numbers = socket.host.replace('localhost', '127.0.0.1')
  const keys = await identity.provision(numbers)
  pages.set(numbers, pageOf(version, keys.publishableKey, null))
  return {
    ...main,
    club,
    development: { url: `http://${numbers}`, keys },
    get aheadMs() {
      return clock.aheadMs
    },
    set aheadMs(value) {
      clock.aheadMs = value
    },
    mailTo: (address) => mails.findLast(({ to }) => to === address)?.text ?? '',
    close: async () => {
      await socket.close()
      await identity.close()
    },
  }
}

/** A page that the app's server makes for whoever is signed in. */
async function answerAsServer(request: Request, keys: InstanceKeys): Promise<Response> {
  const { origin } = new URL(request.url)
  const state = await createClerkClient({
    ...keys,
    telemetry: { disabled: true },
  }).authenticateRequest(request, { proxyUrl: `${origin}${PROXY_PATH}` })
  if (state.headers.has('location')) {
    return new Response(null, { status: 307, headers: state.headers })
  }
  const userId = state.toAuth()?.userId ?? 'nobody'
  const headers = new Headers(state.headers)
  headers.set('content-type', 'text/html')
  return new Response(`<output id="who">${userId}</output>`, { headers })
}

/** What the server of an app sends on. */
function forward(request: Request, proxyUrl: string, secretKey: string): Request {
  const { pathname, search, host } = new URL(request.url)
  const headers = new Headers(request.headers)
  headers.set('clerk-proxy-url', proxyUrl)
  headers.set('clerk-secret-key', secretKey)
  headers.set('x-forwarded-host', host)
  headers.set('x-forwarded-proto', 'http')
  return new Request(`http://${host}${pathname.slice(PROXY_PATH.length)}${search}`, {
    method: request.method,
    headers,
    body: request.body,
    ...(request.body === null ? {} : { duplex: 'half' }),
  } as RequestInit)
}

/** The only page: it mounts the component that its path names. */
function pageOf(version: ClientVersion, publishableKey: string, proxyPath: string | null): string {
  const { ui } = CLIENTS[version]
  const proxy = proxyPath === null ? '' : `data-clerk-proxy-url="${proxyPath}"`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>App</title>
<script src="/script/clerk.browser.js" data-clerk-publishable-key="${publishableKey}" ${proxy}></script>
${ui === null ? '' : '<script src="/ui/ui.browser.js"></script>'}
</head><body><main id="app"></main><output id="who"></output>
<script>
const MOUNTS = {
  'sign-in': ['mountSignIn', { signUpUrl: '/sign-up', fallbackRedirectUrl: '/' }],
  'sign-up': ['mountSignUp', { signInUrl: '/sign-in', fallbackRedirectUrl: '/' }],
  'user': ['mountUserProfile', {}],
  'organization': ['mountOrganizationProfile', {}],
  'create-organization': ['mountCreateOrganization', {}],
  'switcher': ['mountOrganizationSwitcher', { hash: true }],
  'waitlist': ['mountWaitlist', {}],
}
addEventListener('load', async () => {
  await Clerk.load({
    signInUrl: '/sign-in',
    signUpUrl: '/sign-up',
    waitlistUrl: '/waitlist',
    telemetry: false,
    ${ui === null ? '' : 'ui: { ClerkUI: window.__internal_ClerkUICtor },'}
  })
  const who = document.getElementById('who')
  Clerk.addListener(({ user, session, organization }) => {
    who.textContent = [user?.id ?? 'nobody', session?.id ?? '-', organization?.slug ?? '-'].join(' ')
  })
  const name = location.pathname.split('/')[1]
  const [mount, props] = MOUNTS[name] ?? []
  if (mount) Clerk[mount](document.getElementById('app'), { ...(props.hash ? {} : { routing: 'path', path: '/' + name }), ...props })
})
</script></body></html>`
}
