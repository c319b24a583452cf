import type {
  ActorClaim,
  FactorVerificationAge,
  SessionClaims,
  SessionClaimsV1,
  SessionClaimsV2,
} from '@core/protocol'

/** A session, read from claims of either version. */
export interface SessionReading {
  readonly userId: string
  readonly sessionId: string
  readonly sessionStatus: 'active' | 'pending' | null
  readonly actor: ActorClaim | undefined
  readonly factorVerificationAge: FactorVerificationAge | null
  readonly orgId: string | undefined
  readonly orgRole: string | undefined
  readonly orgSlug: string | undefined
  readonly orgPermissions: readonly string[] | undefined
  /** Comma list of `scope:feature`. */
  readonly features: string | undefined
  /** Comma list of `scope:plan`. */
  readonly plans: string | undefined
}

type Organization = Pick<
  SessionReading,
  'orgId' | 'orgRole' | 'orgSlug' | 'orgPermissions' | 'features' | 'plans'
>

/** Reads the claims of a session token, version 1 or 2. */
export function readClaims(claims: SessionClaims): SessionReading {
  return {
    userId: claims.sub,
    sessionId: claims.sid,
    sessionStatus: claims.sts ?? null,
    actor: claims.act,
    factorVerificationAge: claims.fva ?? null,
    ...(claims.v === 2 ? readVersion2(claims) : readVersion1(claims)),
  }
}

function readVersion1(claims: SessionClaimsV1): Organization {
  return {
    orgId: claims.org_id,
    orgRole: claims.org_role,
    orgSlug: claims.org_slug,
    orgPermissions: claims.org_permissions,
    features: undefined,
    plans: undefined,
  }
}

function readVersion2({ o, fea, pla }: SessionClaimsV2): Organization {
  return {
    orgId: o?.id,
    // In a template, a list of one role would read like the role.
    orgRole: typeof o?.rol === 'string' ? `org:${o.rol}` : undefined,
    orgSlug: o?.slg,
    orgPermissions: o && readPermissions(fea, o.per, o.fpm),
    features: fea,
    plans: pla,
  }
}

/**
 * Unfolds the permissions of a version 2 token. `fpm` has one bit mask per feature of the
 * organization; bit `j` grants the permission at place `j` of `per`.
 */
function readPermissions(
  features: unknown,
  permissions: unknown,
  masks: unknown,
): readonly string[] {
  const names = listOf(permissions)
  const maskOf = listOf(masks)
  const entries = listOf(features).map((entry) => entry.split(':'))
  // Masks count places: after an entry that is none, nobody knows which feature is meant.
  if (entries.some(({ length }) => length !== 2)) return []
  return entries
    .filter(([scope = '']) => /^(?:o|ou|uo)$/.test(scope))
    .flatMap(([, feature = ''], index) => {
      const mask = maskOf[index] ?? ''
      // Wider than a double is exact: masks are read as big integers.
      const bits = /^\d+$/.test(mask) ? BigInt(mask) : 0n
      return names
        .filter((_, place) => ((bits >> BigInt(place)) & 1n) === 1n)
        .map((name) => `org:${feature}:${name}`)
    })
}

function listOf(claim: unknown): readonly string[] {
  if (typeof claim !== 'string' || claim === '') return []
  return claim.split(',').map((entry) => entry.trim())
}
