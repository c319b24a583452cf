import { ApiError } from '../http/errors.ts'

/** Claims that every token carries by itself, or that only session tokens may carry. */
const RESERVED_CLAIMS: ReadonlySet<string> = new Set(
  'iss sub iat nbf exp jti azp sid act fva sts v pla fea o org_id org_slug org_role org_permissions'.split(
    ' ',
  ),
)

/** The first reserved name among the claims that somebody wants to set. */
export function findReservedClaim(claims: object): string | undefined {
  return Object.keys(claims).find((name) => RESERVED_CLAIMS.has(name))
}

/**
 * Refuses claims of which one is reserved.
 *
 * @throws {ApiError} `jwt_template_reserved_claim`, which names it
 */
export function refuseReservedClaims(claims: object, paramName: string): void {
  const reserved = findReservedClaim(claims)
  if (reserved === undefined) return
  throw new ApiError('jwt_template_reserved_claim', {
    meta: { param_name: paramName },
    detail: `The claim "${reserved}" is reserved. Choose another name.`,
  })
}
