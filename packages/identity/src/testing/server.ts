/** A server in memory for tests, with a clock one can turn, and browsers that speak to it. */

import { COOKIES, QUERY, type ClientJSON, type InstanceType, type JwksJSON } from '@core/protocol'
import { createLocalJWKSet, jwtVerify, type JWTPayload } from 'jose'

import { inject } from 'vitest'

import type { Identity, InstanceKeys, Mail, SettingChanges } from '../index.ts'
import type { DatabaseHandle } from '../database/database.ts'
import { assembleForTests, type Hooks } from './assembly.ts'
import { sharedTestDatabases, sharedTestDatabaseUrl } from './database.ts'
import { openProcesses } from './processes.ts'
import { newDevelopmentSecret } from '../vault/secret.ts'

/** What private keys are kept under: processes on one database share it. */
const TEST_SECRET = newDevelopmentSecret()

/** An answer of an API, parsed. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly cookies: readonly string[]
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look wherever they like
  readonly body: any
}

/** The server under test. Every test gets instances of its own. */
export interface TestServer {
  readonly identity: Identity
  /** Mails that were sent, newest last. */
  readonly mails: Mail[]
  /** What happens while a password is being checked. */
  duringVerify: (() => Promise<unknown>) | null
  /** Makes sending fail while true. */
  failMail: boolean
  now: number
  advance(ms: number): void
  addInstance(options?: {
    readonly type?: InstanceType
    readonly settings?: SettingChanges
  }): Promise<TestInstance>
  close(): Promise<void>
}

/** Files share a database, and a host has one instance. */
let hosts = 0

/**
 * Opens a server.
 *
 * @param given one database for each process, which answer requests in turn. Left out: those that test files
 * share, an embedded one or two pools on a database server; or two real processes, where the run is about them
 * @param secret what private keys are kept under
 */
export async function openTestServer(
  given?: readonly DatabaseHandle[],
  secret: string = TEST_SECRET,
): Promise<TestServer> {
  const hooks: Hooks = {
    secret,
    now: () => server.now,
    send: async (mail) => {
      if (server.failMail) throw new Error('The mail server is away.')
      server.mails.push(mail)
    },
    duringVerify: async () => server.duringVerify?.(),
  }
  const identity =
    given === undefined && inject('inProcesses') === true
      ? await openProcesses(sharedTestDatabaseUrl, hooks)
      : await assembleInTurn(given ?? (await sharedTestDatabases()), hooks)
  const server: TestServer = {
    identity,
    mails: [],
    duringVerify: null,
    failMail: false,
    now: Date.UTC(2030, 0, 1, 12, 0, 0, 500),
    advance: (ms) => {
      server.now += ms
    },
    addInstance: async ({ type = 'development', settings = {} } = {}) => {
      const number = ++hosts
      const frontendApi =
        type === 'development' ? `i${number}.localhost:4000` : `clerk.i${number}.example.com`
      // What tests do in a moment would take people an hour, so limits are for the tests of limits.
      const all = { rate_limits: 0, ...settings }
      const keys = await server.identity.addInstance({ type, frontendApi, settings: all })
      return new TestInstance(server, type, keys)
    },
    close: identity.close,
  }
  return server
}

/** As many servers as databases, which answer in turn. */
async function assembleInTurn(
  databases: readonly DatabaseHandle[],
  hooks: Hooks,
): Promise<Identity> {
  const identities = await Promise.all(databases.map((it) => assembleForTests(it, hooks)))
  const [first] = identities
  if (first === undefined) throw new Error('A server needs a database.')
  let turn = 0
  return {
    ...first,
    fetch: (...args) => (identities[turn++ % identities.length] ?? first).fetch(...args),
    close: async () => void (await Promise.all(identities.map((identity) => identity.close()))),
  }
}

/** One instance of the server under test. */
export class TestInstance {
  readonly server: TestServer
  readonly type: InstanceType
  readonly keys: InstanceKeys

  constructor(server: TestServer, type: InstanceType, keys: InstanceKeys) {
    this.server = server
    this.type = type
    this.keys = keys
  }

  /** Opens a browser that shows a page of an app. */
  async openBrowser(origin?: string): Promise<TestBrowser> {
    const browser = new TestBrowser(
      this,
      origin ?? (this.type === 'development' ? 'http://localhost:3000' : this.keys.apiUrl),
    )
    if (this.type === 'development') {
      browser.devBrowser = (await browser.post('/dev_browser')).body.id as string
    }
    return browser
  }

  /** Calls the Backend API with the instance's secret key. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    secretKey: string = this.keys.secretKey,
  ): Promise<Answer> {
    return send(
      this.server,
      new Request(`${this.keys.apiUrl}/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
  }

  /** Verifies a token against the instance's public keys, at the server's time. */
  async verify(token: string): Promise<JWTPayload> {
    const answer = await send(
      this.server,
      new Request(`${this.keys.apiUrl}/v1/.well-known/jwks.json`),
    )
    const keys = createLocalJWKSet(answer.body as JwksJSON as never)
    const { payload } = await jwtVerify(token, keys, {
      issuer: this.keys.apiUrl,
      currentDate: new Date(this.server.now),
    })
    return payload
  }

  /** The code of the newest mail to somebody. */
  codeOf(to: string): string {
    const mail = this.server.mails.findLast((mail) => mail.to === to)
    if (mail?.code === undefined) throw new Error(`No code was sent to ${to}.`)
    return mail.code
  }
}

type RawBody = FormData | Uint8Array<ArrayBuffer> | string

const isRaw = (body: RawBody | Readonly<Record<string, string>>): body is RawBody =>
  typeof body === 'string' || body instanceof FormData || body instanceof Uint8Array

/** A browser on a page of an app, as far as the Frontend API can tell. */
export class TestBrowser {
  readonly instance: TestInstance
  readonly origin: string
  readonly cookies: Map<string, string> = new Map()
  devBrowser: string | null = null
  /** What it calls itself. */
  userAgent: string | null = null
  /** Who is at the other end of its connection; `null` leaves the server without an address. */
  peer: string | null = null
  /** What proxies add to its requests. */
  headers: Readonly<Record<string, string>> = {}

  constructor(instance: TestInstance, origin: string) {
    this.instance = instance
    this.origin = origin
  }

  /** Reads. */
  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#send('GET', path, undefined, undefined, headers)
  }

  /** Changes something. Another method than POST travels in the query, as browsers do it. */
  post(
    path: string,
    form: Readonly<Record<string, string>> = {},
    method?: 'PUT' | 'PATCH' | 'DELETE',
  ): Promise<Answer> {
    return this.#send('POST', path, form, method, {})
  }

  /** Uploads a picture: a form with a file, or bytes as they are. */
  upload(path: string, content: FormData | Uint8Array<ArrayBuffer> | string): Promise<Answer> {
    const type = content instanceof FormData ? {} : { 'content-type': 'application/octet-stream' }
    return this.#send('POST', path, content, undefined, type)
  }

  /** Signs a new user up, code included. */
  async signUp(email: string, password = 'correct horse'): Promise<Answer> {
    const created = await this.post('/client/sign_ups', { email_address: email, password })
    const path = `/client/sign_ups/${created.body.response.id}`
    await this.post(`${path}/prepare_verification`, { strategy: 'email_code' })
    return this.post(`${path}/attempt_verification`, {
      strategy: 'email_code',
      code: this.instance.codeOf(email),
    })
  }

  /** Signs out of everything. */
  signOut(): Promise<Answer> {
    return this.post('/client/sessions', {}, 'DELETE')
  }

  /** The browser's client, as the server sees it. */
  async client(): Promise<ClientJSON | null> {
    return (await this.get('/client')).body.response as ClientJSON | null
  }

  /** Follows a link to the handshake. */
  handshake(parameters: Readonly<Record<string, string>>): Promise<Answer> {
    return this.#send(
      'GET',
      `/client/handshake?${new URLSearchParams(parameters)}`,
      undefined,
      undefined,
      { origin: '' },
    )
  }

  async #send(
    method: string,
    path: string,
    form: RawBody | Readonly<Record<string, string>> | undefined,
    logicalMethod: string | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const url = new URL(`${this.instance.keys.apiUrl}/v1${path}`)
    url.searchParams.set(QUERY.apiVersion, '2026-05-12')
    if (logicalMethod !== undefined) url.searchParams.set(QUERY.method, logicalMethod)
    if (this.devBrowser !== null) url.searchParams.set(QUERY.devBrowser, this.devBrowser)
    const all = new Headers({ origin: this.origin, ...this.headers, ...headers })
    if (all.get('origin') === '') all.delete('origin')
    if (this.userAgent !== null) all.set('user-agent', this.userAgent)
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    if (cookie !== '') all.set('cookie', cookie)
    const isForm = form !== undefined && !isRaw(form)
    if (isForm) all.set('content-type', 'application/x-www-form-urlencoded')
    const answer = await send(
      this.instance.server,
      new Request(url, {
        method,
        headers: all,
        ...(form === undefined
          ? {}
          : { body: isRaw(form) ? form : new URLSearchParams(form).toString() }),
      }),
      this.peer,
    )
    for (const line of answer.cookies) this.#keep(line)
    return answer
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';')
    const name = pair.slice(0, pair.indexOf('='))
    if (/max-age=0/i.test(line)) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(name.length + 1))
  }

  /** The token by which a production browser is known. */
  get clientToken(): string | undefined {
    return this.cookies.get(COOKIES.client)
  }
}

/** Sends a request and parses the answer, whatever it is. */
export async function send(
  server: Pick<TestServer, 'identity'>,
  request: Request,
  peer: string | null = null,
): Promise<Answer> {
  const response = await server.identity.fetch(request, peer === null ? {} : { peer })
  const text = await response.text()
  const isJson = text !== '' && response.headers.get('content-type') === 'application/json'
  return {
    status: response.status,
    headers: response.headers,
    cookies: response.headers.getSetCookie(),
    body: isJson ? JSON.parse(text) : text,
  }
}
