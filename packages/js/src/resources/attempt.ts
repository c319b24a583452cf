import { ClerkRuntimeError } from '../errors.ts'
import type { FrontendApi } from '../frontend-api.ts'

/**
 * A sign-in or sign-up in progress. Every action resolves to this same object with its new state,
 * and the store holds a new one, so that both `await signIn.create()` and hooks see the change.
 */
export abstract class Attempt<J extends { readonly id: string }> {
  readonly #api: FrontendApi
  readonly #collection: string
  /** `null` before the first `create()`. */
  protected json: J | null

  protected constructor(collection: string, json: J | null, api: FrontendApi) {
    this.#collection = collection
    this.#api = api
    this.json = json
  }

  get id(): string | undefined {
    return this.json?.id
  }

  /** Reads the attempt again. */
  async reload(): Promise<this> {
    this.json = await this.#api.request<J>(this.#path(), { appliesClient: true })
    return this
  }

  /** Starts a new attempt, in place of any other in this browser. */
  protected async start(body: object): Promise<this> {
    this.json = await this.#api.request<J>(this.#collection, { method: 'POST', body })
    return this
  }

  /** Takes a step of this attempt. */
  protected async step(
    action: string,
    body: object,
    method: 'POST' | 'PATCH' = 'POST',
  ): Promise<this> {
    this.json = await this.#api.request<J>(this.#path() + action, { method, body })
    return this
  }

  #path(): string {
    if (this.id === undefined) throw new ClerkRuntimeError('no_attempt')
    return `${this.#collection}/${encodeURIComponent(this.id)}`
  }
}
