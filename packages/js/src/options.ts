import type { Session } from './resources/session.ts'

/** Where people are sent after signing in or up. */
export interface RedirectOptions {
  /** Always goes there after sign-in. */
  readonly signInForceRedirectUrl?: string | undefined
  /** Goes there after sign-in when the page was opened without a `redirect_url`. */
  readonly signInFallbackRedirectUrl?: string | undefined
  readonly signUpForceRedirectUrl?: string | undefined
  readonly signUpFallbackRedirectUrl?: string | undefined
}

/** Settings of a page, given to `load()`. */
export interface ClerkOptions extends RedirectOptions {
  /** Page of the sign-in component. Default: the instance's own page. */
  readonly signInUrl?: string | undefined
  readonly signUpUrl?: string | undefined
  /** Default `/`. */
  readonly afterSignOutUrl?: string | undefined
  /** Moves within the application. Without it, every move loads a page. */
  readonly routerPush?: ((to: string) => unknown) | undefined
  /** Like `routerPush`, in place of the current entry of the history. */
  readonly routerReplace?: ((to: string) => unknown) | undefined
  /**
   * Other origins that people may be sent to, where `*` stands for one label of a host name. A
   * regular expression must match the whole origin.
   */
  readonly allowedRedirectOrigins?: readonly (string | RegExp)[] | undefined
  /** Tells the identity server when the page gets the focus. Default `true`. */
  readonly touchSession?: boolean | undefined
  /** Looks of the prebuilt components. */
  readonly appearance?: object | undefined
  /** Runs after the cookies of a new session or organization are written and before any hook sees it. */
  readonly onBeforeSetActive?: (() => void | Promise<unknown>) | undefined
  /** Runs once every hook has seen the new session or organization. */
  readonly onAfterSetActive?: (() => void | Promise<unknown>) | undefined
}

/** Options of the links to the sign-in and sign-up pages. */
export interface RedirectToOptions extends RedirectOptions {
  /** Where to come back to. */
  readonly redirectUrl?: string | null | undefined
}

/** What to make active, and what happens then. */
export interface SetActiveParams {
  /** Session to make active; `null` for none. Default: the one that is. */
  readonly session?: Session | string | null | undefined
  /** Id of the organization to make active; `null` for the personal account. */
  readonly organization?: string | { readonly id: string } | null | undefined
  /** Where to go afterwards. */
  readonly redirectUrl?: string | undefined
  /** Runs after the cookies are written and before any hook sees the change. */
  readonly beforeEmit?: ((session: Session | null) => void | Promise<unknown>) | undefined
}

/** Which session to end, and where to go. */
export interface SignOutOptions {
  /** Session to end. Default: all sessions of this browser. */
  readonly sessionId?: string | undefined
  /** Where to go afterwards. Default: `afterSignOutUrl`, else `/`. */
  readonly redirectUrl?: string | undefined
}

/** Runs once the session has ended, instead of a redirect. */
export type SignOutCallback = () => void | Promise<unknown>

/** Signs out, and calls back or redirects afterwards. */
export interface SignOut {
  (options?: SignOutOptions): Promise<void>
  (callback: SignOutCallback, options?: SignOutOptions): Promise<void>
}
