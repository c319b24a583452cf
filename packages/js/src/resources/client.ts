import type { ClientJSON, ClientSessionJSON } from '@core/protocol'
import { Session, type ResourceContext } from './session.ts'
import { SignIn } from './sign-in.ts'
import { SignUp } from './sign-up.ts'
import { User } from './user.ts'

/** This browser: its sessions and the attempts in progress. A snapshot. */
export class Client {
  readonly #json: ClientJSON | null
  readonly id: string | undefined
  readonly sessions: readonly Session[]
  readonly signIn: SignIn
  readonly signUp: SignUp
  /** Session that was in use last in this browser. */
  readonly lastActiveSessionId: string | null
  readonly lastAuthenticationStrategy: string | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null

  /** Keeps every object of the previous snapshot that has not changed. */
  constructor(json: ClientJSON | null, context: ResourceContext, previous?: Client) {
    const old = previous ? previous.#json : null
    this.#json = json
    this.id = json?.id
    this.sessions = (json?.sessions ?? []).map((session) => toSession(session, context, previous))
    this.signIn =
      previous && isSame(old?.sign_in, json?.sign_in)
        ? previous.signIn
        : new SignIn(json?.sign_in ?? null, context.api)
    this.signUp =
      previous && isSame(old?.sign_up, json?.sign_up)
        ? previous.signUp
        : new SignUp(json?.sign_up ?? null, context.api)
    this.lastActiveSessionId = json?.last_active_session_id ?? null
    this.lastAuthenticationStrategy = json?.last_authentication_strategy ?? null
    this.createdAt = json ? new Date(json.created_at) : null
    this.updatedAt = json ? new Date(json.updated_at) : null
  }

  /** Sessions that somebody is signed in with. */
  get signedInSessions(): readonly Session[] {
    return this.sessions.filter(({ status }) => status === 'active' || status === 'pending')
  }

  /** Sessions with nothing left to do. */
  get activeSessions(): readonly Session[] {
    return this.sessions.filter(({ status }) => status === 'active')
  }

  /** The session JSON that a snapshot was made of. */
  static sessionJson(client: Client | undefined, id: string): ClientSessionJSON | undefined {
    return client && client.#json?.sessions.find((session) => session.id === id)
  }

  /** Tells whether an answer describes an earlier state than this. */
  isNewerThan(json: ClientJSON): boolean {
    return this.#json?.id === json.id && this.#json.updated_at > json.updated_at
  }

  /** Tells whether an answer brings nothing new but tokens. */
  isSameAs(json: ClientJSON | null): boolean {
    return isSame(withoutTokens(this.#json), withoutTokens(json))
  }
}

function toSession(json: ClientSessionJSON, context: ResourceContext, previous?: Client): Session {
  const old = Client.sessionJson(previous, json.id)
  const session = previous?.sessions.find(({ id }) => id === json.id)
  if (!old || !session) return new Session(json, new User(json.user), context)
  if (isSame(withoutToken(old), withoutToken(json))) return session
  const user = isSame(old.user, json.user) ? session.user : new User(json.user)
  return new Session(json, user, context)
}

function withoutTokens(json: ClientJSON | null): unknown {
  return json && { ...json, sessions: json.sessions.map(withoutToken) }
}

// Tokens come and go every minute; they live in their own store and must not wake up every hook.
function withoutToken(json: ClientSessionJSON): unknown {
  return { ...json, last_active_token: null }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}
