/** The secret under which private keys are kept: given in production, made by itself in development. */

import { randomBytes } from 'node:crypto'
import { link, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { IdentityError } from '../error.ts'

/** What the secrets of development begin with, so that none of them gets into production unnoticed. */
const DEVELOPMENT_PREFIX = 'core_dev_'

/** 32 random bytes in the densest text that people use. */
const MIN_CHARACTERS = 43

/** Fewer different characters than this no random text of that length has. */
const MIN_DIFFERENT = 12

const HOW = 'Make one with "openssl rand -base64 48".'

/** The rules for a secret, in the order in which they are told. `true`: it is refused. */
const REFUSALS: readonly (readonly [refuses: (secret: string) => boolean, fact: string])[] = [
  [(secret) => /[^\x21-\x7e]/.test(secret), 'CORE_SECRET has characters that are not plain text.'],
  [
    (secret) => secret.length < MIN_CHARACTERS,
    `CORE_SECRET is too short: it needs 32 random bytes, which are ${MIN_CHARACTERS} characters or more.`,
  ],
  [
    (secret) =>
      new Set(secret).size < MIN_DIFFERENT || /change.?me|example|secret|password/i.test(secret),
    'CORE_SECRET is not random.',
  ],
]

/**
 * Reads secrets: one, or several with commas between them, the newest first.
 *
 * @throws {IdentityError} `secret-weak`
 */
export function parseSecrets(text: string): readonly [string, ...string[]] {
  const [newest = '', ...older] = text.split(',').map((part) => part.trim())
  for (const secret of [newest, ...older]) {
    const fact = REFUSALS.find(([refuses]) => refuses(secret))?.[1]
    if (fact !== undefined) throw new IdentityError('secret-weak', `${fact} ${HOW}`)
  }
  return [newest, ...older]
}

/** Whether one of the secrets was made for development. */
export function isDevelopmentSecret(text: string): boolean {
  return text.split(',').some((part) => part.trim().startsWith(DEVELOPMENT_PREFIX))
}

/** Creates the secret of a development server. */
export function newDevelopmentSecret(): string {
  return `${DEVELOPMENT_PREFIX}${randomBytes(32).toString('base64url')}`
}

/**
 * Reads the secret of a data directory, and makes it on first use.
 *
 * @throws {IdentityError} `secret-weak` if the file holds something else
 */
export async function provisionSecret(directory: string): Promise<string> {
  const path = join(directory, 'secret')
  const kept = await readFile(path, 'utf8').catch(() => null)
  if (kept !== null) return kept.trim()
  // Written beside and linked, so that of two who make one, both go on with the same.
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, `${newDevelopmentSecret()}\n`, { mode: 0o600 })
  await link(draft, path).catch(() => undefined)
  await unlink(draft)
  return (await readFile(path, 'utf8')).trim()
}

/** The error of a server that was given none. */
export function missingSecret(): IdentityError {
  return new IdentityError(
    'secret-missing',
    `There is no secret to keep private keys under. Set CORE_SECRET, to the same text for every process on the database. ${HOW}`,
  )
}
