/** Questions that are answered without the database. */

import { stat, statfs } from 'node:fs/promises'

import { createTransport } from 'nodemailer'

import { isNodeTooOld } from '../commands/node-version.ts'
import { IdentityError } from '../error.ts'
import { parseTrustedProxies } from '../http/address.ts'
import { isDevelopmentSecret, parseSecrets } from '../vault/secret.ts'
import { ok, problem, warning, type Check } from './check.ts'

const MIN_FREE_BYTES = 1024 ** 3

const MAIL_TIMEOUT_MS = 5000

/** In the order in which they are told. */
export const CHECKS: readonly Check[] = [
  {
    name: 'node',
    run: async ({ nodeVersion }) =>
      isNodeTooOld(nodeVersion)
        ? problem(`Node ${nodeVersion} is too old.`, 'Install Node 20.19 or newer.')
        : ok(`Node ${nodeVersion}.`),
  },
  {
    name: 'secret',
    run: async ({ env }) => {
      const secret = env['CORE_SECRET']
      if (!secret) {
        return env['DATABASE_URL'] || env['NODE_ENV'] === 'production'
          ? problem('CORE_SECRET is not set.', 'Set it to the output of "openssl rand -base64 48".')
          : ok('The secret is kept in the data directory, for development.')
      }
      try {
        parseSecrets(secret)
      } catch (error) {
        return problem(
          'CORE_SECRET is not a secret.',
          error instanceof IdentityError ? error.message : 'Make another one.',
        )
      }
      return isDevelopmentSecret(secret)
        ? warning('CORE_SECRET was made for development.', 'Replace it before production.')
        : ok('CORE_SECRET is set.')
    },
  },
  {
    name: 'proxies',
    run: async ({ env }) => {
      const named = env['TRUSTED_PROXIES']
      if (!named) return ok('No proxy is trusted to tell where requests come from.')
      try {
        parseTrustedProxies(named)
        return ok('TRUSTED_PROXIES names proxies.')
      } catch (error) {
        if (!(error instanceof IdentityError)) throw error
        return problem('TRUSTED_PROXIES cannot be read.', error.message)
      }
    },
  },
  {
    name: 'mail',
    run: async ({ env }) => {
      const url = env['SMTP_URL']
      if (!url) {
        return env['NODE_ENV'] === 'production'
          ? problem('There is no mail server.', 'Set SMTP_URL to smtp://user:password@host:587.')
          : ok('No mail server: mails wait at /dev/outbox.')
      }
      try {
        const address = new URL(url)
        address.searchParams.set('connectionTimeout', String(MAIL_TIMEOUT_MS))
        address.searchParams.set('greetingTimeout', String(MAIL_TIMEOUT_MS))
        address.searchParams.set('socketTimeout', String(MAIL_TIMEOUT_MS))
        // Greets and logs in; sends nothing.
        await createTransport(address.href).verify()
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
        return problem(
          `The mail server does not let us in or does not answer${code}.`,
          'Check SMTP_URL: host, port, user and password.',
        )
      }
      return env['MAIL_FROM']
        ? ok('The mail server lets us in.')
        : warning(
            'Mails have no sender of yours.',
            'Set MAIL_FROM to "Acme <no-reply@example.com>".',
          )
    },
  },
  {
    name: 'directory',
    run: async ({ env, directory }) => {
      if (env['DATABASE_URL']) return ok('The data is on a database server.')
      const found = await stat(directory).catch(() => null)
      if (found === null) return ok(`${directory} is made by the first start.`)
      if (!found.isDirectory()) {
        return problem(`${directory} is not a directory.`, 'Name another one with --data.')
      }
      return (found.mode & 0o077) === 0
        ? ok(`${directory} can be read by its owner alone.`)
        : problem(`${directory} can be read by others.`, `Run "chmod 700 ${directory}".`)
    },
  },
  {
    name: 'disk',
    run: async ({ env, directory }) => {
      if (env['DATABASE_URL']) return ok('The data is on a database server.')
      const found = await statfs(directory).catch(() => statfs('.'))
      const free = found.bavail * found.bsize
      const text = `${(free / 1024 ** 3).toFixed(1)} GiB free.`
      return free >= MIN_FREE_BYTES ? ok(text) : warning(text, 'Make room before the disk is full.')
    },
  },
]
