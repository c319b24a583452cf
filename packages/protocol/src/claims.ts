/** Class of a token, from its header member `cat`. A token of one class is never taken for another. */
export const TOKEN_CATEGORIES = {
  session: 'cl_B7d4PD111AAA',
  template: 'cl_B7d4PD222AAA',
  machine: 'cl_B7d4PD333AAA',
  /** The instance opted out of categories. */
  ignore: 'cl_I7d4PD111III',
} as const

/** Who acts in somebody's name (RFC 8693, section 4.1). */
export interface ActorClaim {
  readonly sub: string
  readonly [claim: string]: unknown
}

/** Minutes since the first and the second factor were verified; `-1` where a factor is not in use. */
export type FactorVerificationAge = readonly [firstFactor: number, secondFactor: number]

/** Claims of every session token. Times are Unix seconds. */
export interface CommonSessionClaims {
  /** Origin of the Frontend API: `https://clerk.example.com`. */
  readonly iss: string
  /** User id. */
  readonly sub: string
  /** Session id. */
  readonly sid: string
  readonly iat: number
  readonly nbf?: number
  readonly exp: number
  /** Origin that asked for the token. */
  readonly azp?: string
  readonly aud?: string | readonly string[]
  readonly act?: ActorClaim
  readonly fva?: FactorVerificationAge
  readonly sts?: 'active' | 'pending'
}

/** Session claims, version 1. */
export interface SessionClaimsV1 extends CommonSessionClaims {
  readonly v?: 1
  readonly org_id?: string
  readonly org_slug?: string
  /** Role with its prefix: `org:admin`. */
  readonly org_role?: string
  /** Custom permissions only: `org:invoices:create`. */
  readonly org_permissions?: readonly string[]
}

/** Session claims, version 2. */
export interface SessionClaimsV2 extends CommonSessionClaims {
  readonly v: 2
  readonly o?: {
    readonly id: string
    readonly slg?: string
    /** Role without its prefix: `admin`. */
    readonly rol?: string
    /** Comma list of permission names. */
    readonly per?: string
    /** Comma list of decimal bit masks, one per organization feature of `fea`. */
    readonly fpm?: string
  }
  /** Comma list of `scope:feature`. */
  readonly fea?: string
  /** Comma list of `scope:plan`. */
  readonly pla?: string
}

/** Claims an application adds to its session tokens, by declaration merging. */
// oxlint-disable-next-line typescript/no-empty-object-type -- an interface, so that users can merge into it
export interface CustomJwtSessionClaims {}

/** Claims of a verified session token. */
export type SessionClaims = (SessionClaimsV1 | SessionClaimsV2) & CustomJwtSessionClaims
