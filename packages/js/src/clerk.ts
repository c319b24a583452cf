import {
  parsePublishableKey,
  QUERY,
  type EnvironmentJSON,
  type InstanceType,
  type PublishableKey,
} from '@core/protocol'
import { takeFromAddressBar } from './address-bar.ts'
import { Boot } from './boot.ts'
import { createComponentMethods, type ComponentMethods } from './component-methods.ts'
import { CookieJar } from './cookie-jar.ts'
import { DevBrowser } from './dev-browser.ts'
import { ClerkRuntimeError, isClerkAPIResponseError } from './errors.ts'
import { sessionPath, type RequestOptions } from './frontend-api.ts'
import type {
  ClerkOptions,
  RedirectOptions,
  RedirectToOptions,
  SetActiveParams,
  SignOut,
  SignOutCallback,
  SignOutOptions,
} from './options.ts'
import { watchPage } from './page-events.ts'
import { createPlatform, type Platform } from './platform.ts'
import { isAllowedOrigin } from './redirect-target.ts'
import {
  buildPageUrl,
  redirectPolicy,
  resolveAfterAuthUrl,
  type RedirectContext,
} from './redirects.ts'
import type { Client } from './resources/client.ts'
import type { Session } from './resources/session.ts'
import type { User } from './resources/user.ts'
import { SessionKeeper } from './session-keeper.ts'
import { Store, type ClerkSnapshot, type ClerkStatus } from './store.ts'
import { UiHost } from './ui-host.ts'
import type { ComponentModule } from './ui-module.ts'
import { VERSION } from './version.ts'

/** What `@core/ui` exports: the prebuilt components. */
export type UiModule = ComponentModule<Clerk>

/** Options of the constructor: the platform, for what is not a browser, and the components. */
export interface ClerkConstructorOptions extends Partial<Platform> {
  /** Loads the prebuilt components when the first one is asked for. */
  readonly loadUi?: (() => Promise<UiModule>) | undefined
}

/** What `request()` sends. */
export type ApiRequest = Pick<RequestOptions, 'method' | 'body' | 'search'>

/** What listeners get. */
export type Resources = Pick<ClerkSnapshot, 'session' | 'user'> & { readonly client: Client }

/**
 * The browser's side of authentication: who is signed in here, tokens for requests, sign-in,
 * sign-up and sign-out.
 *
 * @example
 * const clerk = new Clerk('pk_test_…')
 * await clerk.load()
 * if (!clerk.isSignedIn) await clerk.redirectToSignIn()
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the constructor makes what the interface adds
export class Clerk {
  /** Version of this package. */
  readonly version: string = VERSION
  readonly #key: PublishableKey
  readonly #platform: Platform
  readonly #store = new Store()
  readonly #cookies: CookieJar
  readonly #devBrowser: DevBrowser | undefined
  readonly #keeper: SessionKeeper
  readonly #boot: Boot
  readonly #ui: UiHost<Clerk>
  #options: ClerkOptions = {}
  #environment: EnvironmentJSON | null = null
  #loading: Promise<void> | undefined
  #stopWatching: (() => void) | undefined

  /**
   * Does nothing that can be noticed yet; `load()` does.
   *
   * @throws {ClerkRuntimeError} `publishable_key_invalid`
   */
  constructor(publishableKey: string, { loadUi, ...platform }: ClerkConstructorOptions = {}) {
    const key = parsePublishableKey(publishableKey)
    if (!key) throw new ClerkRuntimeError('publishable_key_invalid')
    this.#key = key
    this.#platform = createPlatform(platform)
    this.#cookies = new CookieJar(this.#platform)
    this.#devBrowser =
      key.instanceType === 'development'
        ? new DevBrowser({ platform: this.#platform, key, cookies: this.#cookies })
        : undefined
    this.#keeper = new SessionKeeper({
      platform: this.#platform,
      key,
      store: this.#store,
      cookies: this.#cookies,
      devBrowser: this.#devBrowser,
    })
    this.#boot = new Boot({
      platform: this.#platform,
      key,
      keeper: this.#keeper,
      onEnvironment: (environment) => {
        this.#environment = environment
      },
      onStatus: (status) => this.#store.update({ status }),
    })
    this.#ui = new UiHost({
      clerk: this,
      whenLoaded: this.#whenLoaded(),
      loadUi,
      platform: this.#platform,
    })
    Object.assign(this, createComponentMethods(this.#ui))
  }

  get publishableKey(): string {
    return this.#key.key
  }

  /** Host of the Frontend API: `clerk.example.com`. */
  get frontendApi(): string {
    return this.#key.frontendApi
  }

  get instanceType(): InstanceType {
    return this.#key.instanceType
  }

  get status(): ClerkStatus {
    return this.#store.published.status
  }

  /** Whether it is known who is here. */
  get loaded(): boolean {
    return this.client !== undefined
  }

  /** This browser's sessions and attempts. `undefined` until loaded. */
  get client(): Client | undefined {
    return this.#store.published.client
  }

  /** `undefined` until loaded, `null` when nobody is signed in. */
  get session(): Session | null | undefined {
    return this.#store.published.session
  }

  /** `undefined` until loaded, `null` when nobody is signed in. */
  get user(): User | null | undefined {
    return this.#store.published.user
  }

  get isSignedIn(): boolean {
    return Boolean(this.session)
  }

  /** Settings of the instance, `null` until the identity server has told them. */
  get environment(): EnvironmentJSON | null {
    return this.#environment
  }

  /** Settings of the page, as given to `load()`. */
  get options(): ClerkOptions {
    return this.#options
  }

  /**
   * Finds out who is here. Resolves when that is known, or when it is clear that the identity
   * server cannot be reached (see `status`); tries go on in the background. Further calls do nothing.
   *
   * @throws {ClerkAPIResponseError} when the server refuses to serve this page
   */
  readonly load = (options: ClerkOptions = {}): Promise<void> => {
    this.#loading ??= this.#load(options)
    return this.#loading
  }

  async #load(options: ClerkOptions): Promise<void> {
    this.#options = options
    const fromAddress = takeFromAddressBar(this.#platform)
    await this.#cookies.open(this.publishableKey)
    // A server that knew no cookie yet has written the plain name only.
    this.#devBrowser?.replace(fromAddress ?? this.#devBrowser.current)
    this.#keeper.open()
    this.#stopWatching = watchPage({
      platform: this.#platform,
      onWake: () => this.#wake(),
      onOnline: () => this.#wake(),
    })
    await this.#boot.start()
  }

  /** Returns what is known now: the same object until something changes. */
  readonly getSnapshot = (): ClerkSnapshot => this.#store.published

  /** Calls back after every change; returns how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener)

  /**
   * Calls back with what is known, at once if loaded, and after every change. Returns how to stop.
   */
  readonly addListener = (
    listener: (resources: Resources) => void,
    { skipInitialEmit = false }: { readonly skipInitialEmit?: boolean } = {},
  ): (() => void) => {
    const emit = (): void => {
      const { client, session, user } = this.#store.published
      if (client) listener({ client, session, user })
    }
    if (!skipInitialEmit) emit()
    return this.#store.subscribe(emit)
  }

  /**
   * Makes a session or an organization the active one, writes the cookies, goes to `redirectUrl` if
   * there is one, and only then tells hooks and listeners.
   *
   * @throws {ClerkRuntimeError} `session_not_found`
   */
  readonly setActive = async ({
    session,
    organization,
    redirectUrl,
    beforeEmit,
  }: SetActiveParams): Promise<void> => {
    const release = this.#store.hold()
    try {
      const next = await this.#touch(session, organization)
      this.#keeper.activate(next)
      await beforeEmit?.(next)
      await this.#options.onBeforeSetActive?.()
      if (redirectUrl !== undefined) await this.navigate(redirectUrl)
    } finally {
      release()
    }
    await this.#options.onAfterSetActive?.()
  }

  async #touch(
    session: SetActiveParams['session'],
    organization: SetActiveParams['organization'],
  ): Promise<Session | null> {
    if (session === null) return null
    const id = typeof session === 'string' ? session : (session ?? this.#keeper.session)?.id
    const find = (): Session | undefined =>
      this.#keeper.client?.signedInSessions.find((candidate) => candidate.id === id)
    const found = find()
    if (!found) throw new ClerkRuntimeError('session_not_found')
    const organizationId =
      organization === undefined
        ? found.lastActiveOrganizationId
        : typeof organization === 'string'
          ? organization
          : (organization?.id ?? null)
    await this.#keeper.api.request(sessionPath(found.id, 'touch'), {
      method: 'POST',
      body: {
        activeOrganizationId: organizationId,
        intent: organization === undefined ? 'select_session' : 'select_org',
      },
    })
    const touched = find()
    if (!touched) throw new ClerkRuntimeError('session_not_found')
    return touched
  }

  /**
   * Signs out: all sessions of this browser, or one of several. Tells the server, then the other
   * tabs, then goes to `redirectUrl` or runs the callback. If the server does not agree, nothing
   * happens and the user stays signed in.
   */
  readonly signOut: SignOut = async (
    first?: SignOutCallback | SignOutOptions,
    second: SignOutOptions = {},
  ): Promise<void> => {
    const callback = typeof first === 'function' ? first : undefined
    const { sessionId, redirectUrl } = typeof first === 'object' ? first : second
    const sessions = this.#keeper.client?.sessions ?? []
    if (sessions.length === 0) return
    const isOneOfMany = sessionId !== undefined && sessions.length > 1
    const isActive = !isOneOfMany || sessionId === this.#keeper.session?.id

    const release = this.#store.hold()
    try {
      await this.#endSessions(isOneOfMany ? sessionId : undefined)
      if (isActive) {
        this.#keeper.activate(null)
        this.#keeper.announceSignOut()
        await this.#options.onBeforeSetActive?.()
      }
      if (callback) await callback()
      else if (isActive || redirectUrl !== undefined) {
        await this.navigate(redirectUrl ?? this.buildAfterSignOutUrl())
      }
    } finally {
      release()
    }
    if (isActive) await this.#options.onAfterSetActive?.()
  }

  async #endSessions(sessionId: string | undefined): Promise<void> {
    const { api } = this.#keeper
    try {
      await (sessionId === undefined
        ? api.request('/client/sessions', { method: 'DELETE' })
        : api.request(sessionPath(sessionId, 'remove'), { method: 'POST' }))
    } catch (error) {
      // Signed out already, elsewhere.
      if (!isClerkAPIResponseError(error) || error.status !== 401) throw error
    }
  }

  /** Goes to an address: within the application through its router, else by loading the page. */
  readonly navigate = async (
    to: string,
    { replace = false }: { readonly replace?: boolean } = {},
  ): Promise<void> => {
    const { window, assign } = this.#platform
    if (!window) return
    const url = new URL(to, window.location.href)
    if (!/^https?:$/.test(url.protocol)) return
    const { routerPush, routerReplace } = this.#options
    const move = (replace && routerReplace) || routerPush
    // A path that begins with two slashes would be another host to a router.
    const isWithin = url.origin === window.location.origin && !url.pathname.startsWith('//')
    if (move && isWithin) {
      await move(url.pathname + url.search + url.hash)
    } else {
      const isOurs = isAllowedOrigin(url, redirectPolicy(this.#redirectContext()))
      assign(isOurs ? this.buildUrlWithAuth(url.href) : url.href)
    }
  }

  /**
   * Adds what the application at another origin needs to recognise this browser: the
   * development-browser token, on development instances. Other addresses come back unchanged.
   */
  readonly buildUrlWithAuth = (to: string): string => {
    const { location } = this.#redirectContext()
    const url = new URL(to, location)
    const token = this.#devBrowser?.current
    if (token !== undefined && url.origin !== new URL(location).origin) {
      url.searchParams.set(QUERY.devBrowser, token)
    }
    return url.href
  }

  readonly buildSignInUrl = (options: RedirectToOptions = {}): string => {
    return this.buildUrlWithAuth(buildPageUrl('signIn', this.#redirectContext(), options))
  }

  readonly buildSignUpUrl = (options: RedirectToOptions = {}): string => {
    return this.buildUrlWithAuth(buildPageUrl('signUp', this.#redirectContext(), options))
  }

  /** Where to go after sign-in: forced target, `redirect_url` of this page, fallback, `/`. */
  readonly buildAfterSignInUrl = (props?: RedirectOptions): string => {
    return this.buildUrlWithAuth(resolveAfterAuthUrl('signIn', this.#redirectContext(), props))
  }

  readonly buildAfterSignUpUrl = (props?: RedirectOptions): string => {
    return this.buildUrlWithAuth(resolveAfterAuthUrl('signUp', this.#redirectContext(), props))
  }

  readonly buildAfterSignOutUrl = (): string => {
    return this.buildUrlWithAuth(this.#options.afterSignOutUrl || '/')
  }

  /** Goes to the sign-in page, and back here afterwards unless another `redirectUrl` is given. */
  readonly redirectToSignIn = (options: RedirectToOptions = {}): Promise<void> =>
    this.navigate(this.buildSignInUrl(this.#withReturn(options)))

  readonly redirectToSignUp = (options: RedirectToOptions = {}): Promise<void> =>
    this.navigate(this.buildSignUpUrl(this.#withReturn(options)))

  readonly redirectToAfterSignIn = (props?: RedirectOptions): Promise<void> =>
    this.navigate(this.buildAfterSignInUrl(props))

  readonly redirectToAfterSignUp = (props?: RedirectOptions): Promise<void> =>
    this.navigate(this.buildAfterSignUpUrl(props))

  readonly redirectToAfterSignOut = (): Promise<void> => this.navigate(this.buildAfterSignOutUrl())

  /** Changes the looks of all prebuilt components, those on the page included. */
  readonly setAppearance = (appearance: object | undefined): void => {
    this.#options = { ...this.#options, appearance }
    this.#ui.redraw()
  }

  /**
   * Calls the Frontend API as this browser: for what has no method of its own. Paths begin after `/v1`. A `FormData` travels as
   * it is, any other body as a form with its names in snake_case. What the answer says about this browser is applied.
   *
   * @throws {ClerkAPIResponseError} for an answer outside 2xx
   * @throws {ClerkRuntimeError} `network_error` when there is no answer
   */
  readonly request = <T>(path: string, options?: ApiRequest): Promise<T> =>
    this.#keeper.api.request<T>(path, options)

  /** Stops timers and listeners. A page never needs this; a test does. */
  readonly dispose = (): void => {
    this.#stopWatching?.()
    this.#boot.stop()
    this.#keeper.close()
  }

  #withReturn(options: RedirectToOptions): RedirectToOptions {
    return { ...options, redirectUrl: options.redirectUrl ?? this.#redirectContext().location }
  }

  #redirectContext(): RedirectContext {
    return {
      // Outside a page there is no address to start from; the instance's own will do.
      location: this.#platform.window?.location.href ?? `https://${this.frontendApi}`,
      key: this.#key,
      options: this.#options,
      environment: this.#environment,
    }
  }

  #wake(): void {
    this.#boot.retry()
    const touches = this.#options.touchSession ?? true
    // What fails here is tried again at the next occasion; a lost session is dealt with already.
    this.#keeper.wake({ touches }).catch(() => undefined)
  }

  #whenLoaded(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#store.subscribe(() => {
        if (!this.loaded) return
        stop()
        resolve()
      })
    })
  }
}

// Made by the constructor, from the table of components.
// oxlint-disable-next-line typescript/no-empty-interface -- it names what is added
export interface Clerk extends ComponentMethods {}
