/** What a database error means: try again now, try again later, or a mistake of ours. */

/**
 * Somebody else was faster. The transaction was rolled back whole; run again it sees what they did.
 * Serialization failure, deadlock, unique violation, foreign key violation.
 */
const CONFLICTS: ReadonlySet<string> = new Set(['40001', '40P01', '23505', '23503'])

/** Conflicts that tell nothing about the request, however often they come. */
const CONTENTION: ReadonlySet<string> = new Set(['40001', '40P01'])

/** Classes of SQLSTATE in which the database cannot answer anybody just now. */
const OUTAGE_CLASSES: readonly string[] = [
  '08', // connection
  '25P', // a transaction that took too long
  '28', // credentials
  '53', // out of disk, memory, connections
  '57', // shut down, starting, cancelled after its timeout
  '58', // system
]

const OUTAGE_CODES: ReadonlySet<string> = new Set([
  '25006', // read only: the old primary after a failover
  '3D000', // no such database
  '55P03', // a lock did not come free in time
])

/** Of the network, under a connection that is being made or that breaks. */
// oxfmt-ignore
const NETWORK_CODES: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND',
  'EPIPE', 'ETIMEDOUT',
])

/** Of TLS, under a connection that is being made: a certificate that is over concerns no request. */
// oxfmt-ignore
const TLS_CODES: ReadonlySet<string> = new Set([
  'CERT_CHAIN_TOO_LONG', 'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REJECTED', 'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE', 'CERT_UNTRUSTED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'EPROTO',
  'ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH', 'INVALID_CA', 'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** The driver's own errors have no code. */
const DRIVER_MESSAGES: readonly string[] = [
  'Cannot use a pool after calling end',
  'Client has encountered a connection error',
  'Client was closed',
  'Connection terminated',
  'Query read timeout',
  'The server does not support SSL connections',
  'There was an error establishing an SSL connection',
  'timeout exceeded when trying to connect',
]

interface Cause {
  readonly code: string
  readonly message: string
  readonly syscall: unknown
}

/** Tells whether a transaction should run again at once. */
export function isConflict(error: unknown): boolean {
  return causesOf(error).some(({ code }) => CONFLICTS.has(code))
}

/** Tells whether the database could not answer, through no fault of the request. */
export function isOutage(error: unknown): boolean {
  return (
    isConnectionLoss(error) ||
    causesOf(error).some(
      ({ code }) =>
        OUTAGE_CODES.has(code) ||
        CONTENTION.has(code) ||
        (/^[\dA-Z]{5}$/.test(code) && OUTAGE_CLASSES.some((start) => code.startsWith(start))),
    )
  )
}

/** Tells whether a connection is of no more use: it broke, or the server fell silent on it. */
export function isConnectionLoss(error: unknown): boolean {
  return causesOf(error).some(
    ({ code, message, syscall }) =>
      NETWORK_CODES.has(code) ||
      TLS_CODES.has(code) ||
      code.startsWith('ERR_SSL_') ||
      // A server on this machine may be reached through a file, which is missing while it is away.
      (syscall === 'connect' && (code === 'ENOENT' || code === 'EACCES')) ||
      DRIVER_MESSAGES.some((start) => message.startsWith(start)),
  )
}

/** An error and what is behind it: the query builder wraps the driver's. */
function causesOf(error: unknown): readonly Cause[] {
  const causes: Cause[] = []
  for (let it = error; it instanceof Error && causes.length < 8; it = it.cause) {
    const { code, syscall } = it as NodeJS.ErrnoException
    causes.push({ code: typeof code === 'string' ? code : '', message: it.message, syscall })
  }
  return causes
}
