import type { AccountlessOptions } from '../accountless/policy.ts'
import { IdentityError } from '../error.ts'
import type { IdentityOptions } from '../open.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Reads where mails go. */
export function readMailOptions(env: Environment): Pick<IdentityOptions, 'smtpUrl' | 'mailFrom'> {
  return {
    ...(env['SMTP_URL'] ? { smtpUrl: env['SMTP_URL'] } : {}),
    ...(env['MAIL_FROM'] ? { mailFrom: env['MAIL_FROM'] } : {}),
  }
}

/** Reads which proxies are trusted. */
export function readTrustedProxies(env: Environment): Pick<IdentityOptions, 'trustedProxies'> {
  return env['TRUSTED_PROXIES'] ? { trustedProxies: env['TRUSTED_PROXIES'] } : {}
}

/**
 * Reads where the data is: on the server that `DATABASE_URL` names, else in a directory.
 *
 * @throws {IdentityError} `invalid-option`
 */
export function readPlace(env: Environment, directory: string): IdentityOptions {
  const onServer = readDatabaseOptions(env)
  const place = onServer.databaseUrl === undefined ? { data: directory } : onServer
  return { ...place, ...readSecret(env) }
}

/** Reads what private keys are kept under. */
export function readSecret(env: Environment): Pick<IdentityOptions, 'secret'> {
  return env['CORE_SECRET'] ? { secret: env['CORE_SECRET'] } : {}
}

/**
 * Reads which database server to use, if any, and how.
 *
 * @throws {IdentityError} `invalid-option`
 */
function readDatabaseOptions(
  env: Environment,
): Pick<IdentityOptions, 'databaseUrl' | 'databasePoolSize'> {
  if (!env['DATABASE_URL']) return {}
  const size = env['DATABASE_POOL_SIZE'] || '10'
  if (!/^[1-9]\d{0,2}$/.test(size)) {
    throw new IdentityError(
      'invalid-option',
      'DATABASE_POOL_SIZE is not a number of connections. Write a number from 1 to 999.',
    )
  }
  return { databaseUrl: env['DATABASE_URL'], databasePoolSize: Number(size) }
}

/**
 * Reads how long applications without an account are kept that nobody claims or uses.
 *
 * @throws {IdentityError} `invalid-option`
 */
export function readAccountlessLifetime(env: Environment): Pick<AccountlessOptions, 'lifetime'> {
  const text = env['ACCOUNTLESS_LIFETIME']
  if (!text) return {}
  if (!/^[1-9]\d{3,8}$/.test(text)) {
    throw new IdentityError(
      'invalid-option',
      'ACCOUNTLESS_LIFETIME is not a number of seconds. Write a number from 1000 to 999999999.',
    )
  }
  return { lifetime: Number(text) }
}

/**
 * Reads whether whoever asks gets an application, and where.
 *
 * @throws {IdentityError} `invalid-option`
 */
export function readAccountless(env: Environment): Pick<IdentityOptions, 'accountless'> {
  const host = env['ACCOUNTLESS_HOST']
  return host ? { accountless: { host, ...readAccountlessLifetime(env) } } : {}
}
