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
        paths: REDACTED.flatMap((name) => [name, `*.${name}`]),
        censor: '[redacted]',
      },
      serializers: { err: toLogError },
    },
    destination,
  )
}

/** Members that are never written, wherever they turn up. */
const REDACTED = [
  'token',
  'ticket',
  'code',
  'password',
  'passphrase',
  'secret',
  'authorization',
  'cookie',
  'to',
  'email',
  'headers',
] as const

/** A mail server quotes whom it refuses, and a library what it was given. */
function redact(text: string): string {
  return text
    .replaceAll(/[^\s<>"'(),;:]+@[^\s<>"'(),;]+/g, '[address]')
    .replaceAll(/\b(?:eyJ|(?:sk|rt|sit|act|dvb|whsec)_)[\w.-]{8,}/g, '[token]')
}

/** A database error quotes the values of its query; only what it is goes into the log. */
function toLogError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const isQuery = error.message.includes('params:')
  const { cause } = error
  return {
    type: error.name,
    message: isQuery ? 'A query failed' : redact(error.message),
    // What the database says about it may quote a value as well; its code does not.
    cause: cause instanceof Error ? ('code' in cause ? cause.code : cause.name) : undefined,
    stack: error.stack?.split('\n').filter((line) => line.startsWith('    at ')),
  }
}
