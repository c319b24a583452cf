import {
  type PublishableKey,
  QUERY,
  accountPortalOrigin,
  parsePublishableKey,
} from '@core/protocol'
import { ClerkError } from '../errors.ts'
import { cleanUrl } from '../request/handshake.ts'

/** Where a visitor comes back to after signing in. */
export interface RedirectOptions {
  /** Default: the page that was asked for. `null`: wherever the instance sends people. */
  readonly returnBackUrl?: string | URL | null | undefined
}

/** Builders of the addresses a signed-out visitor is sent to. */
export interface Redirects {
  redirectToSignIn(options?: RedirectOptions): string
  redirectToSignUp(options?: RedirectOptions): string
}

/** What the addresses are built from. */
export interface RedirectContext {
  readonly publishableKey: PublishableKey | null
  readonly signInUrl: string | null
  readonly signUpUrl: string | null
  /** Public URL of the request. */
  readonly url: URL
  /** Identifies a development browser on another host. */
  readonly devBrowserToken?: string | undefined
  /** A pending session has tasks to finish instead of a sign-in. */
  readonly sessionStatus?: 'pending' | 'active' | null | undefined
  /** Whether this app follows another domain: it then asks there once the visitor is back. */
  readonly isSatellite?: boolean | undefined
}

/**
 * Creates the builders of sign-in and sign-up addresses. Nothing is redirected here.
 *
 * A return address with another scheme than http or https, or one that only looks like a path of
 * this site, is replaced by the page that was asked for.
 */
export function createRedirects(context: RedirectContext): Redirects {
  const build = (target: URL, options: RedirectOptions = {}): string => {
    if (context.sessionStatus === 'pending') target.pathname = join(target.pathname, 'tasks')
    const back = returnUrlOf(options.returnBackUrl, context.url)
    const isElsewhere = target.host !== context.url.host
    if (back !== null) {
      if (context.isSatellite && isElsewhere) back.searchParams.set(QUERY.synced, 'false')
      target.searchParams.set(QUERY.redirectUrl, back.href)
    }
    const isDevelopment = context.publishableKey?.instanceType === 'development'
    if (isDevelopment && context.devBrowserToken && isElsewhere) {
      target.searchParams.set(QUERY.devBrowser, context.devBrowserToken)
    }
    return target.href
  }
  return {
    redirectToSignIn: (options) =>
      build(new URL(context.signInUrl ?? portalPage(context, 'sign-in'), context.url), options),
    redirectToSignUp: (options) => build(signUpPage(context), options),
  }
}

/** Options of {@link createRedirect}. */
export interface CreateRedirectOptions<T> {
  /** Where nothing else is configured, its Account Portal is where people sign in. */
  readonly publishableKey?: string | null | undefined
  /** Identifies a development browser on another host. */
  readonly devBrowserToken?: string | undefined
  /** Makes the framework's redirect out of an address. */
  readonly redirectAdapter: (url: string) => T
  /** Public URL of the request. */
  readonly baseUrl: string | URL
  /** Where people sign in: absolute, or relative to `baseUrl`. */
  readonly signInUrl?: string | URL | null | undefined
  /** Where people sign up: absolute, or relative to `baseUrl`. */
  readonly signUpUrl?: string | URL | null | undefined
  /** A pending session has tasks to finish instead of a sign-in. */
  readonly sessionStatus?: 'pending' | 'active' | null | undefined
  /** Whether the app follows another domain. */
  readonly isSatellite?: boolean | undefined
}

/**
 * Creates the redirects of a framework to sign-in and sign-up. Unlike {@link createRedirects}, they
 * carry a return address only if they are given one.
 *
 * @throws {ClerkError} `options-invalid`, when one is called and no address is configured.
 * @throws {TypeError} if `baseUrl` is not absolute.
 */
export function createRedirect<T>(options: CreateRedirectOptions<T>): {
  readonly redirectToSignIn: (options?: RedirectOptions) => T
  readonly redirectToSignUp: (options?: RedirectOptions) => T
} {
  const { redirectAdapter, publishableKey, signInUrl, signUpUrl } = options
  const redirects = createRedirects({
    publishableKey: parsePublishableKey(publishableKey),
    signInUrl: signInUrl ? String(signInUrl) : null,
    signUpUrl: signUpUrl ? String(signUpUrl) : null,
    url: new URL(options.baseUrl),
    devBrowserToken: options.devBrowserToken,
    sessionStatus: options.sessionStatus,
    isSatellite: options.isSatellite,
  })
  return {
    redirectToSignIn: (options) => redirectAdapter(redirects.redirectToSignIn(asGiven(options))),
    redirectToSignUp: (options) => redirectAdapter(redirects.redirectToSignUp(asGiven(options))),
  }
}

/** No return address where none is given, instead of the page that was asked for. */
function asGiven({ returnBackUrl }: RedirectOptions = {}): RedirectOptions {
  return { returnBackUrl: returnBackUrl || null }
}

function signUpPage(context: RedirectContext): URL {
  if (context.signUpUrl !== null) return new URL(context.signUpUrl, context.url)
  if (context.signInUrl === null) return new URL(portalPage(context, 'sign-up'))
  // Own sign-in pages have their sign-up below them.
  const page = new URL(context.signInUrl, context.url)
  page.pathname = join(page.pathname, 'create')
  return page
}

function portalPage({ publishableKey }: RedirectContext, page: 'sign-in' | 'sign-up'): string {
  if (publishableKey === null) {
    throw new ClerkError(
      'options-invalid',
      'There is no address to sign in at. Set CLERK_PUBLISHABLE_KEY or CLERK_SIGN_IN_URL.',
    )
  }
  return `${accountPortalOrigin(publishableKey.frontendApi)}/${page}`
}

function returnUrlOf(given: string | URL | null | undefined, current: URL): URL | null {
  if (given === null) return null
  const here = cleanUrl(current)
  if (given === undefined || given === '') return here
  const text = String(given)
  if (!URL.canParse(text, current.href)) return here
  const url = new URL(text, current)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return here
  // `//evil.example` and its kin are written as a path and lead to another site.
  const namesOrigin = /^https?:\/\//i.test(text)
  return namesOrigin || url.origin === current.origin ? url : here
}

function join(path: string, page: string): string {
  return `${path.replace(/\/+$/, '')}/${page}`
}
