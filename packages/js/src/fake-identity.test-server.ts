/** A Frontend API in memory: enough of one for a browser client to talk to. */

import {
  createPublishableKey,
  type ClientJSON,
  type ClientSessionJSON,
  type EnvironmentJSON,
  type InstanceType,
  type SignInJSON,
  type SignUpJSON,
  type UserJSON,
} from '@core/protocol'

export interface RecordedRequest {
  /** `POST /client/sign_ins`, with the method that the request stands for. */
  readonly call: string
  readonly url: URL
  readonly body: URLSearchParams
  readonly init: RequestInit
}

type Answer = { readonly status?: number; readonly json: unknown }

const HOST = 'localhost:4000'

export class FakeIdentity {
  readonly publishableKey: string
  readonly origin: string = `http://${HOST}`
  readonly requests: RecordedRequest[] = []
  readonly #now: () => number
  readonly #isDevelopment: boolean
  client: ClientJSON | null = null
  tokenLifetime = 60
  /** The network is gone. */
  isOffline = false
  /** Answers every request with this status. */
  failsWith: number | undefined
  /** Answers some calls with a status. */
  failures: Readonly<Record<string, number>> = {}
  #held: { readonly call: string; readonly until: Promise<void> } | undefined
  knowsDevBrowsers = true
  errorsCarryClient = false
  sendsTokens = true
  homeUrl = ''
  #devBrowsers = 0
  #ids = 0

  constructor(now: () => number, instanceType: InstanceType = 'development') {
    this.#now = now
    this.#isDevelopment = instanceType === 'development'
    this.publishableKey = createPublishableKey(instanceType, HOST)
  }

  calls(): string[] {
    return this.requests.map(({ call }) => call)
  }

  count(call: string): number {
    return this.calls().filter((each) => each === call).length
  }

  fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input))
    const method = url.searchParams.get('_method') ?? init.method ?? 'GET'
    const call = `${method} ${url.pathname.replace('/v1', '')}`
    const body = new URLSearchParams(String(init.body ?? ''))
    this.requests.push({ call, url, body, init })
    if (this.isOffline) throw new TypeError('fetch failed')
    const { status = 200, json } = this.#answer(call, url, body)
    if (status >= 400 && this.errorsCarryClient) {
      Object.assign(json as object, { meta: { client: this.#freshClient() } })
    }
    if (this.#held?.call === call) await this.#held.until
    return Response.json(json, { status })
  }

  /** Holds back the answers to a call until the returned function is called. */
  hold(call: string): () => void {
    const waiting: (() => void)[] = []
    const until = new Promise<void>((resolve) => waiting.push(resolve))
    this.#held = { call, until }
    return () => waiting.forEach((resolve) => resolve())
  }

  #answer(call: string, url: URL, body: URLSearchParams): Answer {
    const failure = this.failures[call] ?? this.failsWith
    if (failure !== undefined) {
      return { status: failure, json: { errors: [{ code: 'internal', message: 'No.' }] } }
    }
    if (call === 'POST /dev_browser') {
      this.knowsDevBrowsers = true
      return { json: { id: `dvb_${++this.#devBrowsers}` } }
    }
    const isKnown = this.knowsDevBrowsers && url.searchParams.has('__clerk_db_jwt')
    if (this.#isDevelopment && !isKnown) {
      return refusal(401, 'dev_browser_unauthenticated')
    }
    const session = /^\w+ \/client\/sessions\/(\w+)\/(\w+)(?:\/(\w+))?$/.exec(call)
    if (session) return this.#session(session[1] ?? '', session[2] ?? '', session[3], body)
    const signIn = /^\w+ \/client\/sign_ins(?:\/\w+\/(\w+))?$/.exec(call)
    if (signIn) return this.#signIn(signIn[1] ?? 'create', body)
    if (call.startsWith('GET /client/sign_ins/')) return this.#enveloped(this.client?.sign_in)
    const signUp = /^\w+ \/client\/sign_ups(?:\/\w+\/(\w+))?$/.exec(call)
    if (signUp) return this.#signUp(signUp[1] ?? 'create', body)
    switch (call) {
      case 'PATCH /environment':
      case 'GET /environment':
        return { json: environment(this.origin, this.homeUrl) }
      case 'GET /client':
        return { json: { response: this.#freshClient(), client: null } }
      case 'DELETE /client/sessions':
        this.endAll()
        return this.#enveloped(this.client)
      default:
        return refusal(404, 'resource_not_found')
    }
  }

  #session(
    id: string,
    action: string,
    template: string | undefined,
    body: URLSearchParams,
  ): Answer {
    const session = this.client?.sessions.find((candidate) => candidate.id === id)
    if (!session) return refusal(401, 'authentication_invalid')
    switch (action) {
      case 'tokens':
        return { json: { object: 'token', jwt: this.token(session, template) } }
      case 'touch': {
        this.#change(session.id, {
          last_active_organization_id: body.get('active_organization_id') || null,
          last_active_at: this.#now(),
        })
        this.client = this.client && { ...this.client, last_active_session_id: session.id }
        return this.#enveloped(session)
      }
      case 'remove':
      case 'end': {
        const sessions = this.client?.sessions.filter((other) => other.id !== id) ?? []
        this.client = this.client && { ...this.client, sessions, updated_at: this.#now() }
        return this.#enveloped({ ...session, status: 'removed' })
      }
      default:
        return refusal(404, 'resource_not_found')
    }
  }

  #signIn(action: string, body: URLSearchParams): Answer {
    const blank = signIn(`sia_${++this.#ids}`)
    switch (action) {
      case 'create':
        this.#keep({ sign_in: { ...blank, identifier: body.get('identifier') } })
        break
      case 'prepare_first_factor':
        break
      case 'attempt_first_factor': {
        const proof = body.get('password') ?? body.get('code')
        if (proof !== 'right' && proof !== '424242') {
          return refusal(422, 'form_password_incorrect', 'password')
        }
        const completed = this.client?.sign_in ?? blank
        const session = this.signIn()
        return this.#enveloped({ ...completed, status: 'complete', created_session_id: session.id })
      }
    }
    return this.#enveloped(this.client?.sign_in)
  }

  #signUp(action: string, body: URLSearchParams): Answer {
    const current = this.client?.sign_up ?? signUp(`sua_${++this.#ids}`)
    switch (action) {
      case 'create':
        this.#keep({
          sign_up: { ...signUp(`sua_${++this.#ids}`), email_address: body.get('email_address') },
        })
        break
      case 'attempt_verification': {
        if (body.get('code') !== '424242') return refusal(422, 'form_code_incorrect', 'code')
        const session = this.signIn()
        return this.#enveloped({ ...current, status: 'complete', created_session_id: session.id })
      }
    }
    return this.#enveloped(this.client?.sign_up)
  }

  /** Somebody signs in with this browser, in whatever tab. */
  signIn(userId = 'user_1'): ClientSessionJSON {
    const now = this.#now()
    const session: ClientSessionJSON = {
      object: 'session',
      id: `sess_${++this.#ids}`,
      status: 'active',
      expire_at: now + 604_800_000,
      abandon_at: now + 2_592_000_000,
      last_active_at: now,
      last_active_organization_id: null,
      last_active_token: null,
      actor: null,
      tasks: null,
      factor_verification_age: [0, -1],
      user: user(userId, now),
      public_user_data: {
        user_id: userId,
        first_name: 'Ada',
        last_name: 'Lovelace',
        image_url: '',
        has_image: false,
        identifier: 'ada@example.com',
        username: null,
      },
      created_at: now,
      updated_at: now,
    }
    this.#keep({
      sign_in: null,
      sign_up: null,
      sessions: [...(this.client?.sessions ?? []), session],
      last_active_session_id: session.id,
      updated_at: now,
    })
    return session
  }

  /** Every session of this browser ends, wherever that came from. */
  endAll(): void {
    this.#keep({ sessions: [], last_active_session_id: null, updated_at: this.#now() })
  }

  token(session: ClientSessionJSON, template?: string): string {
    const iat = Math.floor(this.#now() / 1000)
    const claims = {
      iss: this.origin,
      sub: session.user.id,
      ...(template === undefined
        ? { sid: session.id, fva: session.factor_verification_age, sts: session.status }
        : { template }),
      ...(session.last_active_organization_id && { org_id: session.last_active_organization_id }),
      iat,
      nbf: iat - 10,
      exp: iat + this.tokenLifetime,
      jti: ++this.#ids,
    }
    return `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.c2ln`
  }

  #change(sessionId: string, change: Partial<ClientSessionJSON>): void {
    this.#keep({
      sessions: (this.client?.sessions ?? []).map((session) =>
        session.id === sessionId ? { ...session, ...change } : session,
      ),
    })
  }

  #keep(change: Partial<ClientJSON>): void {
    this.client = { ...(this.client ?? blankClient(this.#now())), ...change }
  }

  #freshClient(): ClientJSON | null {
    return (
      this.client && {
        ...this.client,
        sessions: this.client.sessions.map((session) => ({
          ...session,
          last_active_token: this.sendsTokens
            ? { object: 'token', jwt: this.token(session) }
            : null,
        })),
      }
    )
  }

  #enveloped(response: unknown): Answer {
    return { json: { response, client: this.#freshClient() } }
  }
}

function encode(value: object): string {
  return btoa(JSON.stringify(value)).replace(/=+$/, '')
}

function refusal(status: number, code: string, parameter?: string): Answer {
  const meta = parameter === undefined ? {} : { meta: { param_name: parameter } }
  return { status, json: { errors: [{ code, message: code, long_message: `${code}.`, ...meta }] } }
}

function blankClient(now: number): ClientJSON {
  return {
    object: 'client',
    id: 'client_1',
    sessions: [],
    sign_in: null,
    sign_up: null,
    last_active_session_id: null,
    last_authentication_strategy: null,
    cookie_expires_at: null,
    captcha_bypass: false,
    created_at: now,
    updated_at: now,
  }
}

function user(id: string, now: number): UserJSON {
  return {
    object: 'user',
    id,
    external_id: null,
    username: null,
    first_name: 'Ada',
    last_name: 'Lovelace',
    image_url: '',
    has_image: false,
    primary_email_address_id: 'idn_1',
    primary_phone_number_id: null,
    primary_web3_wallet_id: null,
    email_addresses: [
      {
        object: 'email_address',
        id: 'idn_1',
        email_address: 'ada@example.com',
        reserved: false,
        verification: null,
        linked_to: [],
        created_at: now,
        updated_at: now,
      },
    ],
    phone_numbers: [],
    web3_wallets: [],
    external_accounts: [],
    enterprise_accounts: [],
    saml_accounts: [],
    passkeys: [],
    password_enabled: true,
    totp_enabled: false,
    backup_code_enabled: false,
    two_factor_enabled: false,
    public_metadata: { team_name: 'analysts' },
    unsafe_metadata: {},
    last_sign_in_at: now,
    last_active_at: now,
    banned: false,
    locked: false,
    delete_self_enabled: true,
    create_organization_enabled: true,
    create_organizations_limit: null,
    legal_accepted_at: null,
    created_at: now,
    updated_at: now,
  }
}

function signIn(id: string): SignInJSON {
  return {
    object: 'sign_in',
    id,
    status: 'needs_first_factor',
    supported_identifiers: ['email_address'],
    identifier: null,
    user_data: null,
    supported_first_factors: [
      { strategy: 'password' },
      { strategy: 'email_code', email_address_id: 'idn_1', safe_identifier: 'ada@example.com' },
    ],
    supported_second_factors: null,
    first_factor_verification: null,
    second_factor_verification: null,
    created_session_id: null,
    abandon_at: 0,
  }
}

function signUp(id: string): SignUpJSON {
  return {
    object: 'sign_up',
    id,
    status: 'missing_requirements',
    required_fields: ['email_address', 'password'],
    optional_fields: [],
    missing_fields: [],
    unverified_fields: ['email_address'],
    username: null,
    first_name: null,
    last_name: null,
    email_address: null,
    phone_number: null,
    web3_wallet: null,
    external_account_strategy: null,
    external_account: null,
    has_password: true,
    unsafe_metadata: {},
    created_session_id: null,
    created_user_id: null,
    abandon_at: 0,
    legal_accepted_at: null,
    locale: null,
    verifications: {
      email_address: null,
      phone_number: null,
      web3_wallet: null,
      external_account: null,
    },
  }
}

function environment(origin: string, homeUrl: string): EnvironmentJSON {
  return {
    object: 'environment',
    id: 'env_1',
    maintenance_mode: false,
    auth_config: {
      object: 'auth_config',
      id: 'aac_1',
      single_session_mode: true,
      claimed_at: null,
      reverification: false,
    },
    display_config: {
      object: 'display_config',
      id: 'dc_1',
      instance_environment_type: 'development',
      application_name: 'Acme',
      preferred_sign_in_strategy: 'password',
      logo_image_url: '',
      home_url: homeUrl,
      sign_in_url: `${origin}/sign-in`,
      sign_up_url: `${origin}/sign-up`,
      after_sign_in_url: `${origin}/`,
      after_sign_up_url: `${origin}/`,
      after_sign_out_one_url: `${origin}/`,
      after_sign_out_all_url: `${origin}/`,
      terms_url: '',
      privacy_policy_url: '',
    },
    user_settings: {
      attributes: {},
      sign_up: { mode: 'public' },
      password_settings: { min_length: 8, max_length: 72 },
    },
    organization_settings: { enabled: true },
  }
}
