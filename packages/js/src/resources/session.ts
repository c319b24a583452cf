import {
  isAuthorized,
  type ActorClaim,
  type ClientSessionJSON,
  type FactorVerificationAge,
  type Has,
  type PublicUserDataJSON,
  type SessionStatus,
} from '@core/protocol'
import { isClerkAPIResponseError } from '../errors.ts'
import { sessionPath, type FrontendApi } from '../frontend-api.ts'
import { toCamelCase, type CamelCased } from '../names.ts'
import { authorizationFactsOf } from '../session-claims.ts'
import type { Tokens } from '../tokens.ts'
import type { User } from './user.ts'

/** What a resource needs to act. */
export interface ResourceContext {
  readonly api: FrontendApi
  readonly tokens: Tokens
}

/** Which token, and whether one from memory will do. */
export interface GetTokenOptions {
  /** Name of a JWT template of the instance. Default: the session token. */
  readonly template?: string | undefined
  /** Asks the identity server even when a good token is in memory. */
  readonly skipCache?: boolean | undefined
}

/** What others may see of the user of a session. */
export type PublicUserData = CamelCased<PublicUserDataJSON>

/** A session of this browser. A snapshot: a change arrives as a new object. */
export class Session {
  readonly #context: ResourceContext
  readonly id: string
  readonly status: SessionStatus
  readonly expireAt: Date
  readonly abandonAt: Date
  readonly lastActiveAt: Date
  readonly lastActiveOrganizationId: string | null
  /** Who acts in the user's name, if somebody does. */
  readonly actor: ActorClaim | null
  /** What is left to do before the session counts. */
  readonly tasks: readonly { readonly key: string }[] | null
  readonly factorVerificationAge: FactorVerificationAge | null
  readonly user: User
  readonly publicUserData: PublicUserData
  readonly createdAt: Date
  readonly updatedAt: Date

  constructor(json: ClientSessionJSON, user: User, context: ResourceContext) {
    this.#context = context
    this.id = json.id
    this.status = json.status
    this.expireAt = new Date(json.expire_at)
    this.abandonAt = new Date(json.abandon_at)
    this.lastActiveAt = new Date(json.last_active_at)
    this.lastActiveOrganizationId = json.last_active_organization_id || null
    this.actor = json.actor ?? null
    this.tasks = json.tasks ?? null
    this.factorVerificationAge = json.factor_verification_age ?? null
    this.user = user
    this.publicUserData = toCamelCase(json.public_user_data)
    this.createdAt = new Date(json.created_at)
    this.updatedAt = new Date(json.updated_at)
  }

  get currentTask(): { readonly key: string } | undefined {
    return this.tasks?.[0]
  }

  /** The newest session token in memory, if there is one. */
  get lastActiveToken(): { readonly jwt: string; getRawString(): string } | null {
    const token = this.#context.tokens.peek(this.id, this.lastActiveOrganizationId)
    return token ? { jwt: token.jwt, getRawString: () => token.jwt } : null
  }

  /**
   * Returns a token that is good for at least some seconds, from memory where possible; concurrent
   * calls share one request. `null` when the session has ended.
   *
   * @throws {ClerkRuntimeError} `network_error` when a new token is needed and there is no answer
   */
  getToken = async ({ template, skipCache }: GetTokenOptions = {}): Promise<string | null> => {
    const request = { sessionId: this.id, template, organizationId: this.lastActiveOrganizationId }
    try {
      return await this.#context.tokens.get(request, skipCache)
    } catch (error) {
      if (isClerkAPIResponseError(error) && error.status === 401) return null
      throw error
    }
  }

  /** Answers whether the user meets every named condition, as far as the token in memory tells. */
  checkAuthorization: Has = (params) => {
    const token = this.#context.tokens.peek(this.id, this.lastActiveOrganizationId)
    return token ? isAuthorized(authorizationFactsOf(token.claims), params) : false
  }

  /** Marks this session as the one in use. */
  touch(): Promise<this> {
    return this.#post('touch', { activeOrganizationId: this.lastActiveOrganizationId })
  }

  /** Ends this session. */
  end(): Promise<this> {
    return this.#post('end')
  }

  /** Ends this session and takes it off the list of this browser. */
  remove(): Promise<this> {
    return this.#post('remove')
  }

  async #post(action: string, body: object = {}): Promise<this> {
    await this.#context.api.request(sessionPath(this.id, action), { method: 'POST', body })
    return this
  }
}
