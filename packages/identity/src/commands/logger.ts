import { pino, type DestinationStream, type Logger } from 'pino'

/**
 * Creates the program's logger. Quiet by default: warnings and errors. What could identify or
 * authenticate somebody is never written.
 */
export function createLogger(
  env: Readonly<Record<string, string | undefined>>,
  isVerbose: boolean,
  // Standard output belongs to the command's own lines.
  destination: DestinationStream = pino.destination(2),
): Logger {
  const level = env['LOG_LEVEL'] ?? (isVerbose ? 'info' : 'warn')
  return pino(
    {
      level: level in pino.levels.values || level === 'silent' ? level : 'warn',
      base: null,
      redact: {
        paths: ['token', 'code', 'password', 'to', 'email', 'headers', '*.token', '*.code', '*.to'],
        censor: '[redacted]',
      },
      serializers: { err: toLogError },
    },
    destination,
  )
}

/** A database error quotes the values of its query; only what it is goes into the log. */
function toLogError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const isQuery = error.message.includes('params:')
  const { cause } = error
  return {
    type: error.name,
    message: isQuery ? 'A query failed' : error.message,
    // What the database says about it may quote a value as well; its code does not.
    cause: cause instanceof Error ? ('code' in cause ? cause.code : cause.name) : undefined,
    stack: error.stack?.split('\n').filter((line) => line.startsWith('    at ')),
  }
}
