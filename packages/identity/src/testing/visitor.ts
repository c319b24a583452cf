/** People who use a server that runs as a process of its own, over real HTTP. */

import { COOKIES, QUERY } from '@core/protocol'

/** An answer, parsed. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look wherever they like
  readonly body: any
}

const APP = 'http://localhost:3000'

/** Development instances take this code for addresses of tests. */
const TEST_CODE = '424242'

/** An address that gets no mail. */
export function testAddress(name: string): string {
  return `${name}+clerk_test@example.com`
}

/** Sends a request to the Backend API. */
export function callBackend(
  url: string,
  secretKey: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Reply> {
  return send(`${url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

/** What an app's server holds of a session. */
export interface CookiePair {
  readonly session: string
  readonly refresh: string
}

/** Somebody with a browser of a development instance. */
export class Visitor {
  readonly url: string
  readonly #browser: string
  userId = ''
  sessionId = ''

  private constructor(url: string, browser: string) {
    this.url = url
    this.#browser = browser
  }

  /** Opens a browser that nobody knows yet. */
  static async open(url: string): Promise<Visitor> {
    const { body } = await expectOk(
      send(`${url}/v1/dev_browser`, { method: 'POST', headers: { origin: APP } }),
    )
    return new Visitor(url, body.id as string)
  }

  /** Changes something. */
  post(path: string, form: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return send(this.#address(path), {
      method: 'POST',
      headers: { origin: APP },
      body: new URLSearchParams(form),
    })
  }

  /** Reads. */
  get(path: string): Promise<Reply> {
    return send(this.#address(path), { headers: { origin: APP } })
  }

  /** Signs somebody new up. */
  async signUp(email: string, password: string): Promise<void> {
    const created = await expectOk(
      this.post('/client/sign_ups', { email_address: email, password }),
    )
    const path = `/client/sign_ups/${created.body.response.id}`
    await expectOk(this.post(`${path}/prepare_verification`, { strategy: 'email_code' }))
    const done = await expectOk(
      this.post(`${path}/attempt_verification`, { strategy: 'email_code', code: TEST_CODE }),
    )
    this.userId = done.body.response.created_user_id
    this.sessionId = done.body.response.created_session_id
  }

  /** Signs somebody in by password. */
  async signIn(identifier: string, password: string): Promise<void> {
    const done = await expectOk(
      this.post('/client/sign_ins', { strategy: 'password', identifier, password }),
    )
    this.sessionId = done.body.response.created_session_id
  }

  /** Gets a session token. */
  async token(): Promise<string> {
    const { body } = await expectOk(this.post(`/client/sessions/${this.sessionId}/tokens`))
    return body.jwt as string
  }

  /** Sends the browser through a handshake, and returns what the app then has. */
  async handshake(): Promise<CookiePair> {
    const query = new URLSearchParams({ redirect_url: `${APP}/`, suffixed_cookies: 'true' })
    const { headers } = await send(`${this.#address('/client/handshake')}&${query}`, {
      redirect: 'manual',
    })
    const token = new URL(headers.get('location') ?? '').searchParams.get(QUERY.handshake) ?? ''
    const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    return pairOf((JSON.parse(claims) as { handshake: string[] }).handshake)
  }

  #address(path: string): string {
    return `${this.url}/v1${path}?${QUERY.devBrowser}=${this.#browser}`
  }
}

/** Exchanges a refresh token, as an app's server does. */
export async function refresh(
  url: string,
  secretKey: string,
  sessionId: string,
  pair: CookiePair,
): Promise<CookiePair> {
  const path = `/sessions/${sessionId}/refresh?suffixed_cookies=true`
  const { body } = await expectOk(
    callBackend(url, secretKey, 'POST', path, {
      format: 'cookie',
      expired_token: pair.session,
      refresh_token: pair.refresh,
      request_origin: APP,
      request_headers: {},
    }),
  )
  return pairOf(body.cookies as string[])
}

/** A refusal where there should be none. */
export class UnexpectedReply extends Error {
  readonly status: number

  constructor({ status, body }: Reply) {
    super(`${status} ${body?.errors?.[0]?.code ?? ''}`)
    this.status = status
  }
}

/** Returns an answer that is no refusal. */
export async function expectOk(reply: Promise<Reply>): Promise<Reply> {
  const got = await reply
  if (got.status !== 200) throw new UnexpectedReply(got)
  return got
}

function pairOf(directives: readonly string[]): CookiePair {
  const valueOf = (prefix: string): string =>
    directives
      .find((line) => line.startsWith(`${prefix}_`))
      ?.split(';')[0]
      ?.replace(/^[^=]*=/, '') ?? ''
  return { session: valueOf(COOKIES.session), refresh: valueOf(COOKIES.refresh) }
}

async function send(url: string, init: RequestInit): Promise<Reply> {
  const response = await fetch(url, init)
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  }
}
