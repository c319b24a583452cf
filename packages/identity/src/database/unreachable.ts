/** Why a database server cannot be used, and what to do about it: one row per cause. First match wins. */

interface Failure {
  readonly code: string
  readonly message: string
  readonly syscall: unknown
}

interface Cause {
  readonly is: (failure: Failure) => boolean
  /** The fact, then the remedy. */
  readonly says: string
}

const coded =
  (...codes: readonly string[]): Cause['is'] =>
  ({ code }) =>
    codes.includes(code)

/** One connection's statement was found on, or missed from, another one. */
const isForgotten = coded('42P05', '26000')

const CAUSES: readonly Cause[] = [
  {
    is: coded(
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ),
    says: 'The certificate of the database server was signed by nobody whom this machine knows. Name the certificate of who signed it in DATABASE_URL, with sslrootcert=/path/to/ca.crt.',
  },
  {
    is: coded('ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'),
    says: 'The certificate of the database server is for another host than DATABASE_URL names. Name the host there as the certificate does, or give the server a certificate for this one.',
  },
  {
    is: coded('CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'),
    says: 'The certificate of the database server does not hold today. Give the server a new one, or set the clock of this machine.',
  },
  {
    is: ({ message }) => message.startsWith('The server does not support SSL connections'),
    says: 'The database server speaks no TLS, which DATABASE_URL asks for. Turn it on there (ssl = on in postgresql.conf).',
  },
  {
    is: ({ syscall }) => syscall === 'open',
    says: 'A file that DATABASE_URL names cannot be read. Check sslrootcert, sslcert and sslkey.',
  },
  {
    is: ({ message }) => message.includes('startup parameter'),
    says: 'The pooler in front of the database server does not take the limits that are set with a connection. Let it ignore them, with ignore_startup_parameters = statement_timeout, lock_timeout, idle_in_transaction_session_timeout, and set them for the role instead.',
  },
  {
    is: isForgotten,
    says: 'The pooler in front of the database server mixes up statements that are known by name, so that requests would fail now and then. Use PgBouncer 1.21 or newer with max_prepared_statements above 0, or pool_mode = session.',
  },
]

/** Says in a sentence why the database server cannot be used, and in another what to do. */
export function describeUnreachable(cause: unknown): string {
  const failure = toFailure(cause)
  const known = CAUSES.find(({ is }) => is(failure))
  if (known !== undefined) return known.says
  const reason = failure.code === '' ? '' : ` (${failure.code})`
  return `The database server does not let us in or does not answer${reason}. Check that it runs, and that DATABASE_URL names it with the right user, password and database.`
}

/** Tells whether a statement is not where its connection left it: a pooler swaps connections beneath us. */
export function isForgottenStatement(cause: unknown): boolean {
  return isForgotten(toFailure(cause))
}

function toFailure(cause: unknown): Failure {
  if (!(cause instanceof Error)) return { code: '', message: '', syscall: undefined }
  const { code, syscall } = cause as NodeJS.ErrnoException
  return { code: typeof code === 'string' ? code : '', message: cause.message, syscall }
}
