import type { Endpoints, PageParams } from './endpoints.ts'
import {
  type DeletedObject,
  type PaginatedResponse,
  type Raw,
  type Resource,
  toList,
} from './resources.ts'

/** A template of tokens for another service. */
export type JwtTemplate = Resource<JwtTemplateJSON> & Raw<JwtTemplateJSON>

type Claims = Readonly<Record<string, unknown>>

interface JwtTemplateJSON {
  readonly object: 'jwt_template'
  readonly id: string
  readonly name: string
  readonly claims: Claims
  /** Seconds, as the other one. */
  readonly lifetime: number
  readonly allowed_clock_skew: number
  readonly custom_signing_key: boolean
  readonly signing_algorithm: string
  readonly created_at: number
  readonly updated_at: number
}

/** A template to create. */
export interface CreateJwtTemplateParams {
  /** Tokens are asked for by this name. */
  readonly name: string
  /**
   * Claims of its tokens. `{{user.id}}` and the like are filled in; reserved claims are refused.
   */
  readonly claims: Claims
  /** Seconds, from 30 to 315,360,000. Default: 60. */
  readonly lifetime?: number
  /** Seconds, from 0 to 300. Default: 5. */
  readonly allowedClockSkew?: number
  /** Whether tokens are signed with a key of their own, which the next two then name. */
  readonly customSigningKey?: boolean
  /** Algorithm of the key, as JWTs name it: `HS256`. */
  readonly signingAlgorithm?: string
  /** The key: a secret, or a private key in PEM. It is never shown again. */
  readonly signingKey?: string
}

/** Templates of tokens for other services. */
export interface JwtTemplatesApi {
  /** Lists templates. */
  list(params?: PageParams): Promise<PaginatedResponse<JwtTemplate>>
  /** Fetches one template. */
  get(templateId: string): Promise<JwtTemplate>
  /** Creates a template. Its tokens are asked for by its name. */
  create(params: CreateJwtTemplateParams): Promise<JwtTemplate>
  /** Changes what is given of a template. */
  update(
    params: Partial<CreateJwtTemplateParams> & { readonly templateId: string },
  ): Promise<JwtTemplate>
  /** Deletes a template. Tokens that were made of it hold until they expire. */
  delete(templateId: string): Promise<DeletedObject>
}

/** How each method of {@link JwtTemplatesApi} is carried out. */
// oxfmt-ignore
export const JWT_TEMPLATES: Endpoints<JwtTemplatesApi> = {
  list:   { request: (query) => ({ method: 'GET', path: ['jwt_templates'], query: { ...query, paginated: true } }), read: toList },
  get:    { request: (id) => ({ method: 'GET', path: ['jwt_templates', id] }) },
  create: { request: (body) => ({ method: 'POST', path: ['jwt_templates'], body }) },
  update: { request: ({ templateId, ...body }) => ({ method: 'PATCH', path: ['jwt_templates', templateId], body }) },
  delete: { request: (id) => ({ method: 'DELETE', path: ['jwt_templates', id] }) },
}
