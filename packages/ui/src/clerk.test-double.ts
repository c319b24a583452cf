/** A client that talks to nobody: tests say what the server answers and look at what was asked. */

import type { ApiRequest, Clerk, ClerkSnapshot, RedirectOptions } from '@core/js'
import type { AttributeJSON, EnvironmentJSON } from '@core/protocol'
import { vi, type Mock } from 'vitest'

type Call = (argument?: unknown) => unknown

type Action = Mock<(params?: unknown) => Promise<unknown>>

/** An attempt whose actions can be told what to answer. */
export interface FakeAttempt<A extends string> {
  readonly state: Record<string, unknown>
  readonly actions: Readonly<Record<A, Action>>
  /** Makes the next call of an action succeed with this state. */
  answer(action: A, state: Record<string, unknown>): void
  /** Makes the next call of an action fail with an error of the server. */
  refuse(action: A, code: string, paramName?: string, more?: object): void
}

export interface FakeClerk {
  readonly clerk: Clerk
  readonly signIn: FakeAttempt<
    'create' | 'prepareFirstFactor' | 'attemptFirstFactor' | 'resetPassword' | 'reload'
  >
  readonly signUp: FakeAttempt<
    | 'create'
    | 'update'
    | 'prepareEmailAddressVerification'
    | 'attemptEmailAddressVerification'
    | 'reload'
  >
  readonly calls: Readonly<
    Record<
      | 'setActive'
      | 'navigate'
      | 'signOut'
      | 'closeSignIn'
      | 'closeSignUp'
      | 'openSignUp'
      | 'openUserProfile'
      | 'closeUserProfile'
      | 'openOrganizationProfile'
      | 'openCreateOrganization',
      Mock
    >
  >
  readonly api: FakeApi
  /** Changes what the client knows and tells everybody. */
  change(change: Record<string, unknown>): void
  /** How many listeners there are. */
  listeners(): number
}

/** The Frontend API behind `clerk.request`. */
export interface FakeApi {
  readonly request: (path: string, options?: ApiRequest) => Promise<unknown>
  /** What was asked, reads aside: `PATCH /me {"firstName":"Ada"}`. */
  readonly changes: string[]
  /** What calls are answered with, by method and path: `GET /me/sessions/active`. */
  readonly answers: Record<string, unknown>
  /** Makes the next call fail with an error of the server. */
  refuse(call: string, code: string, paramName?: string): void
}

function createFakeApi(): FakeApi {
  const refusals = new Map<string, Error>()
  const api: FakeApi = {
    changes: [],
    answers: {},
    request: async (path, { method = 'GET', body } = {}) => {
      const call = `${method} ${path}`
      const content = body instanceof FormData ? 'FormData' : JSON.stringify(body)
      if (method !== 'GET') api.changes.push([call, content].filter(Boolean).join(' '))
      const refusal = refusals.get(call)
      refusals.delete(call)
      if (refusal) throw refusal
      return api.answers[call] ?? { data: [], total_count: 0 }
    },
    refuse(call, code, paramName) {
      refusals.set(call, apiError(code, paramName))
    },
  }
  return api
}

export const USER = {
  id: 'user_1',
  fullName: 'Ada Lovelace',
  username: null,
  primaryEmailAddress: { emailAddress: 'ada@example.com' },
  hasImage: false,
  imageUrl: '',
}

/** Creates a client of a loaded page where nobody is signed in. */
export function createFakeClerk(
  environment: EnvironmentJSON | null = createEnvironment(),
): FakeClerk {
  const signIn = createAttempt(
    ['create', 'prepareFirstFactor', 'attemptFirstFactor', 'resetPassword', 'reload'],
    { status: null, identifier: null, supportedFirstFactors: null, firstFactorVerification: {} },
  )
  const signUp = createAttempt(
    [
      'create',
      'update',
      'prepareEmailAddressVerification',
      'attemptEmailAddressVerification',
      'reload',
    ],
    { status: null, missingFields: [], unverifiedFields: [], verifications: { emailAddress: {} } },
  )
  const listeners = new Set<() => void>()
  const calls = {
    setActive: vi.fn<Call>(() => Promise.resolve()),
    navigate: vi.fn<Call>(() => Promise.resolve()),
    signOut: vi.fn<Call>(() => Promise.resolve()),
    closeSignIn: vi.fn<Call>(),
    closeSignUp: vi.fn<Call>(),
    openSignUp: vi.fn<Call>(),
    openUserProfile: vi.fn<Call>(),
    closeUserProfile: vi.fn<Call>(),
    openOrganizationProfile: vi.fn<Call>(),
    openCreateOrganization: vi.fn<Call>(),
  }
  const api = createFakeApi()
  const state: Record<string, unknown> = {
    status: 'ready',
    environment,
    client: {
      signIn: signIn.state,
      signUp: signUp.state,
      lastActiveSessionId: null,
      signedInSessions: [],
    },
    session: null,
    user: null,
    options: {},
  }
  let snapshot = { ...state } as unknown as ClerkSnapshot

  const clerk = Object.defineProperties(
    {
      ...calls,
      request: api.request,
      buildAfterSignOutUrl: () => 'https://app.example.com/bye',
      getSnapshot: () => snapshot,
      subscribe(listener: () => void) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      buildSignInUrl: () => 'https://id.example.com/sign-in',
      buildSignUpUrl: () => 'https://id.example.com/sign-up',
      buildUrlWithAuth: (url: string) => url,
      buildAfterSignInUrl: (props: RedirectOptions = {}) =>
        props.signInForceRedirectUrl ??
        props.signInFallbackRedirectUrl ??
        'https://app.example.com/after-sign-in',
      buildAfterSignUpUrl: (props: RedirectOptions = {}) =>
        props.signUpForceRedirectUrl ??
        props.signUpFallbackRedirectUrl ??
        'https://app.example.com/after-sign-up',
    },
    Object.fromEntries(Object.keys(state).map((name) => [name, { get: () => state[name] }])),
  )

  return {
    clerk: clerk as unknown as Clerk,
    signIn,
    signUp,
    calls,
    api,
    change(change) {
      Object.assign(state, change)
      snapshot = { ...state } as unknown as ClerkSnapshot
      for (const listener of listeners) listener()
    },
    listeners: () => listeners.size,
  }
}

function createAttempt<A extends string>(
  names: readonly A[],
  initial: Record<string, unknown>,
): FakeAttempt<A> {
  const actions = Object.fromEntries(
    names.map((name) => [
      name,
      vi.fn<(params?: unknown) => Promise<unknown>>(() => Promise.resolve(state)),
    ]),
  ) as unknown as Record<A, Action>
  const state: Record<string, unknown> = { ...initial, ...actions }
  return {
    state,
    actions,
    answer(action, next) {
      actions[action].mockImplementationOnce(() => Promise.resolve(Object.assign(state, next)))
    },
    refuse(action, code, paramName, more = {}) {
      actions[action].mockImplementationOnce(() => Promise.reject(apiError(code, paramName, more)))
    },
  }
}

/** An error as `@core/js` throws it. */
export function apiError(code: string, paramName?: string, more: object = {}): Error {
  const meta = paramName === undefined ? {} : { paramName }
  return Object.assign(new Error(code), {
    errors: [{ code, message: 'Short.', longMessage: 'As the server put it.', meta, ...more }],
  })
}

type Changes = {
  readonly attributes?: Readonly<Record<string, Partial<AttributeJSON>>>
  readonly preferred?: 'password' | 'otp'
  readonly mode?: 'public' | 'restricted' | 'waitlist'
  readonly singleSession?: boolean
  readonly legalConsent?: boolean
  readonly display?: object
}

/** Settings of an instance: e-mail address and password, optional names. */
export function createEnvironment(changes: Changes = {}): EnvironmentJSON {
  const attributes = {
    email_address: { enabled: true, required: true, used_for_first_factor: true },
    password: { enabled: true, required: true },
    first_name: { enabled: true },
    last_name: { enabled: true },
    ...changes.attributes,
  }
  const off = { enabled: false, required: false, used_for_first_factor: false }
  return {
    auth_config: { single_session_mode: changes.singleSession ?? true },
    display_config: {
      application_name: 'Acme',
      logo_image_url: '',
      preferred_sign_in_strategy: changes.preferred ?? 'password',
      ...changes.display,
    },
    organization_settings: { enabled: true },
    user_settings: {
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, attribute]) => [name, { ...off, ...attribute }]),
      ),
      sign_up: {
        mode: changes.mode ?? 'public',
        legal_consent_enabled: changes.legalConsent ?? false,
      },
      username_settings: { min_length: 4, max_length: 64 },
      password_settings: { min_length: 8, max_length: 72 },
    },
  } as unknown as EnvironmentJSON
}

/** An answer that arrives when the test says so. */
export function lateAnswer(): { readonly promise: Promise<unknown>; arrive(value: unknown): void } {
  const waiting: ((value: unknown) => void)[] = []
  const promise = new Promise<unknown>((resolve) => {
    waiting.push(resolve)
  })
  return {
    promise,
    arrive(value) {
      for (const resolve of waiting) resolve(value)
    },
  }
}
