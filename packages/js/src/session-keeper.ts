/** Keeps the session of this tab, its token and the site's cookies in line with each other. */

import { COOKIES, originOfHost, type ClientJSON, type PublishableKey } from '@core/protocol'
import { ClientUatCookie } from './client-uat-cookie.ts'
import { isInCrossOriginFrame, type CookieJar } from './cookie-jar.ts'
import type { DevBrowser } from './dev-browser.ts'
import { isClerkAPIResponseError } from './errors.ts'
import { FrontendApi, sessionPath } from './frontend-api.ts'
import type { Platform } from './platform.ts'
import { clientFromToken } from './resources/client-from-token.ts'
import { Client } from './resources/client.ts'
import type { Session } from './resources/session.ts'
import { readClaims } from './session-claims.ts'
import type { Store } from './store.ts'
import { Tabs } from './tabs.ts'
import { Tokens, type Token } from './tokens.ts'

export interface SessionKeeperContext {
  readonly platform: Platform
  readonly key: PublishableKey
  readonly store: Store
  readonly cookies: CookieJar
  readonly devBrowser: DevBrowser | undefined
}

const TOUCH_INTERVAL_MS = 5_000
const FIRST_RETRY_MS = 3_000
const LAST_RETRY_MS = 50_000

export class SessionKeeper {
  readonly api: FrontendApi
  readonly #context: SessionKeeperContext
  readonly #tokens: Tokens
  #tabs: Tabs | undefined
  readonly #uat: ClientUatCookie
  #client: Client | undefined
  #session: Session | null | undefined
  /** Value of the context cookie while this tab's session is the site's. */
  #ownContext: string | undefined
  #timer: unknown
  #retryMs = FIRST_RETRY_MS
  #checking: Promise<void> | undefined
  #waking: Promise<void> | undefined
  #lastTouchAt = 0
  #isApplying = false
  /** The application wants no session in this tab, though there may be some. */
  #isNobodyByChoice = false
  /** Whether what is known comes from the server. */
  #isConfirmed = false

  constructor(context: SessionKeeperContext) {
    const { platform, key, devBrowser, cookies } = context
    this.#context = context
    this.api = new FrontendApi({
      platform,
      origin: originOfHost(key.frontendApi),
      devBrowser,
      activeSessionId: () => this.#session?.id,
      onClient: (json) => this.apply(json),
      onUnauthenticated: () => this.checkSession(true),
    })
    this.#tokens = new Tokens({
      platform,
      api: this.api,
      onToken: (token, source) => {
        if (!this.#isApplying) this.#sync(false)
        if (source === 'server') this.#tabs?.sendToken(token)
      },
    })
    this.#uat = new ClientUatCookie(cookies, key)
  }

  /** Starts to listen to the other tabs. */
  open(): void {
    this.#tabs = new Tabs({
      platform: this.#context.platform,
      onSignOut: () => void this.checkSession(false),
      onToken: (jwt) => this.#tokens.hydrate(jwt, 'tab'),
    })
  }

  /** The newest state, told or not. */
  get client(): Client | undefined {
    return this.#client
  }

  get session(): Session | null | undefined {
    return this.#session
  }

  /**
   * Takes over what the server says about this browser.
   *
   * The session of this tab stays as long as it lives. Another one becomes active only where asked
   * for: at the start, and when somebody signed in elsewhere while nobody was signed in here.
   */
  apply(
    json: ClientJSON | null,
    { activates = false }: { readonly activates?: boolean } = {},
  ): void {
    if (json && this.#client?.isNewerThan(json)) return
    this.#isConfirmed = true
    this.#setClient(json, activates)
  }

  /**
   * Goes on from the session cookie while the server cannot be reached. Returns whether that says
   * who is here: a good token does, and so does having none at all.
   */
  applyCookie(): boolean {
    const { cookies, key, platform } = this.#context
    const own = cookies.getSuffixed(COOKIES.session)
    const jwt = own ?? cookies.getPlain(COOKIES.session)
    const claims = jwt === undefined ? null : readClaims(jwt)
    // The plain cookie may be another instance's.
    const isOurs = claims?.iss === originOfHost(key.frontendApi)
    if (jwt !== undefined && claims && isOurs && claims.exp * 1000 > platform.now()) {
      this.#setClient(clientFromToken(jwt, claims), true)
      return true
    }
    if (own !== undefined || isOurs) return false
    this.#setClient(null, true)
    return true
  }

  /** Makes a session of this browser the one of this tab and of the site's cookies. */
  activate(session: Session | null): void {
    this.#session = session
    this.#isNobodyByChoice = session === null
    this.#ownContext = session ? contextOf(session) : undefined
    this.#context.cookies.activeContext = this.#ownContext
    this.#sync(true)
  }

  /**
   * Asks the server whether the session of this tab still lives, after somebody said it might not.
   * Only an answer ends a session, never the lack of one.
   */
  checkSession(tellsOthers: boolean): Promise<void> {
    this.#checking ??= this.#check(tellsOthers).finally(() => {
      this.#checking = undefined
    })
    return this.#checking
  }

  /** The page is looked at again: a lot may have happened in other tabs. */
  wake(options: { readonly touches: boolean }): Promise<void> {
    this.#waking ??= this.#wake(options).finally(() => {
      this.#waking = undefined
    })
    return this.#waking
  }

  async #wake({ touches }: { readonly touches: boolean }): Promise<void> {
    if (!this.#isConfirmed) return
    if (this.#uat.hasChanged()) await this.#reread({ activates: true })
    const session = this.#session
    if (!session) return
    this.#sync(false)
    await session.getToken()
    const now = this.#context.platform.now()
    if (touches && now - this.#lastTouchAt >= TOUCH_INTERVAL_MS) {
      this.#lastTouchAt = now
      await this.api.request(sessionPath(session.id, 'touch'), {
        method: 'POST',
        body: { activeOrganizationId: session.lastActiveOrganizationId, intent: 'focus' },
      })
    }
  }

  /** Tells the other tabs that somebody signed out. */
  announceSignOut(): void {
    this.#tabs?.sendSignOut()
  }

  close(): void {
    this.#context.platform.clearTimeout(this.#timer)
    this.#tabs?.close()
  }

  async #check(tellsOthers: boolean): Promise<void> {
    const before = this.#session
    try {
      await this.#reread({ activates: false })
    } catch (error) {
      const status = isClerkAPIResponseError(error) ? error.status : 0
      if (status !== 401 && status !== 403) return
      this.apply(null)
    }
    if (before && !this.#session && tellsOthers) this.announceSignOut()
  }

  async #reread(options: { readonly activates: boolean }): Promise<void> {
    const changes = this.api.changes
    const json = await this.api.request<ClientJSON | null>('/client', {
      handlesUnauthenticated: true,
    })
    // An answer that was overtaken by a change describes the past.
    if (this.api.changes === changes) this.apply(json, options)
  }

  #setClient(json: ClientJSON | null, activates: boolean): void {
    const client = this.#client?.isSameAs(json)
      ? this.#client
      : new Client(json, { api: this.api, tokens: this.#tokens }, this.#client)
    const signedIn = client.signedInSessions
    const find = (id: string | null | undefined): Session | undefined =>
      signedIn.find((session) => session.id === id)
    const wasActive = this.#session
    this.#client = client
    this.#session =
      find(wasActive?.id) ??
      ((activates ? (find(client.lastActiveSessionId) ?? signedIn[0]) : undefined) || null)

    this.#tokens.retain(signedIn.map(({ id }) => id))
    this.#isApplying = true
    for (const { last_active_token: token } of json?.sessions ?? []) {
      if (token) this.#tokens.hydrate(token.jwt, this.#isConfirmed ? 'server' : 'cookie')
    }
    this.#isApplying = false
    // Somebody may have signed in while this answer, which knows nobody, was on its way.
    this.#sync(this.#session !== null || !this.#uat.isNewerThan(client))
  }

  /**
   * Brings the store, the cookies and the timer in line with the session of this tab. Only news tell
   * the whole site: a tab that has not heard of a sign-in elsewhere must not undo it.
   */
  #sync(isNews: boolean): void {
    const session = this.#session
    const token = session
      ? this.#tokens.peek(session.id, session.lastActiveOrganizationId)
      : undefined
    if (this.#isConfirmed && (session || isNews)) this.#writeCookies(session ?? null, token)
    if (this.#isConfirmed && isNews) {
      // Signed out here while a session lives on elsewhere: the next look at the page asks again.
      const isSettled = Boolean(session) || this.#isNobodyByChoice || this.#isNobody()
      this.#uat.write(this.#client, { isSettled })
    }
    this.#schedule(session, token)
    this.#context.store.update({
      client: this.#client,
      session,
      user: session && session.user,
      sessionClaims: session && (token?.claims ?? null),
    })
  }

  #writeCookies(session: Session | null, token: Token | undefined): void {
    const { cookies } = this.#context
    const own = session ? contextOf(session) : undefined
    const shared = cookies.activeContext
    const isOurs = shared === undefined || shared === (own ?? this.#ownContext)
    // A tab in the back may not impose its session on the one in front.
    if (!isOurs && !this.#isNobody() && !this.#isInFront()) return

    this.#ownContext = own
    if (shared !== own) cookies.activeContext = own
    const written = cookies.get(COOKIES.session)
    if (!session) {
      if (written !== undefined) cookies.remove(COOKIES.session)
    } else if (token && written !== token.jwt) {
      cookies.set(COOKIES.session, token.jwt)
    }
  }

  /** Nobody is signed in with this browser. */
  #isNobody(): boolean {
    return this.#client?.signedInSessions.length === 0
  }

  #isInFront(): boolean {
    const { window } = this.#context.platform
    if (!window) return false
    return (
      window.document.hasFocus() ||
      (window.document.visibilityState === 'visible' && isInCrossOriginFrame(window))
    )
  }

  #schedule(session: Session | null | undefined, token: Token | undefined): void {
    const { platform } = this.#context
    platform.clearTimeout(this.#timer)
    if (!session || !this.#isConfirmed) return
    // At least a second: a server that hands out old tokens must not be asked in a loop.
    const delay = token ? Math.max(token.refreshAt - platform.now(), 1_000) : 0
    this.#timer = platform.setTimeout(() => void this.#refresh(session), delay)
  }

  async #refresh(session: Session): Promise<void> {
    const { platform } = this.#context
    // A hidden page lets its token expire; the next look at it gets a new one.
    if (platform.window?.document.visibilityState === 'hidden') return
    try {
      const { id: sessionId, lastActiveOrganizationId: organizationId } = session
      await this.#tokens.renew({ sessionId, organizationId })
      this.#retryMs = FIRST_RETRY_MS
    } catch {
      // A session that is over has no timer any more.
      if (this.#session?.id !== session.id) return
      this.#timer = platform.setTimeout(() => void this.#refresh(session), this.#retryMs)
      this.#retryMs = Math.min(this.#retryMs * 1.55, LAST_RETRY_MS)
    }
  }
}

function contextOf(session: Session): string {
  return `${session.id}:${session.lastActiveOrganizationId ?? ''}`
}
