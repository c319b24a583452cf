import { withOrgPrefix, type AuthorizationFacts, type SessionClaims } from '@core/protocol'

/**
 * Reads the claims of a token without proving anything: the browser shows what it says, servers
 * verify it. Returns `null` for what is not a token. A template's token has the times and little else.
 */
export function readClaims(jwt: string): SessionClaims | null {
  try {
    const [, payload = ''] = jwt.split('.')
    const bytes = atob(payload.replaceAll('-', '+').replaceAll('_', '/'))
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))
    const claims = JSON.parse(text) as Partial<SessionClaims> | null
    return Number.isFinite(claims?.iat) && Number.isFinite(claims?.exp)
      ? (claims as SessionClaims)
      : null
  } catch {
    return null
  }
}

/** The organization a token was issued for. */
export interface OrganizationFacts {
  readonly orgId: string | null
  readonly orgRole: string | null
  readonly orgSlug: string | null
  readonly orgPermissions: readonly string[] | null
}

/** What rights are decided from. */
export function authorizationFactsOf(claims: SessionClaims): AuthorizationFacts {
  return {
    userId: claims.sub,
    ...organizationOf(claims),
    factorVerificationAge: claims.fva,
    ...(claims.v === 2 && { features: claims.fea, plans: claims.pla }),
  }
}

/** Reads the organization out of the claims of either version. */
export function organizationOf(claims: SessionClaims): OrganizationFacts {
  if (claims.v !== 2) {
    return {
      orgId: claims.org_id ?? null,
      orgRole: claims.org_role ?? null,
      orgSlug: claims.org_slug ?? null,
      orgPermissions: claims.org_permissions ?? null,
    }
  }
  return {
    orgId: claims.o?.id ?? null,
    orgRole: claims.o?.rol ? withOrgPrefix(claims.o.rol) : null,
    orgSlug: claims.o?.slg ?? null,
    orgPermissions: null,
  }
}
