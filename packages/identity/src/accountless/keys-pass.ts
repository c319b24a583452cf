/**
 * The pass to the page with an application's keys: a cookie of the browser that claimed it. An id alone opens
 * nothing, for ids stand in addresses, logs and screenshots.
 */

import { parseCookie } from 'cookie'

import { IdentityError } from '../error.ts'
import type { Instance } from '../instances/instance.ts'
import type { Vault } from '../vault/vault.ts'

const COOKIE = '__core_keys'

/** Long enough to come back from the editor the next day. */
const LIFETIME_SECONDS = 24 * 60 * 60

/** Issues a pass, as a cookie. */
export function issueKeysPass(vault: Vault, { id, origin }: Instance, now: number): string {
  const until = String(now + LIFETIME_SECONDS * 1000)
  const sealed = vault.seal({ instanceId: id, purpose: 'keys-page', id: until }, '')
  return [
    `${COOKIE}=${until}.${sealed}`,
    'Path=/apps',
    `Max-Age=${LIFETIME_SECONDS}`,
    'HttpOnly',
    ...(origin.startsWith('https:') ? ['Secure'] : []),
    // The app links to the page; a strict one would not come along.
    'SameSite=Lax',
  ].join('; ')
}

/** Tells whether a request has a pass for an instance that is still good. */
export function hasKeysPass(
  vault: Vault,
  instance: Instance,
  { headers }: Request,
  now: number,
): boolean {
  const pass = parseCookie(headers.get('cookie') ?? '')[COOKIE] ?? ''
  const [, until = '', sealed = ''] = /^(\d{1,16})\.(sealed\..+)$/.exec(pass) ?? []
  if (sealed === '' || Number(until) <= now) return false
  try {
    vault.open({ instanceId: instance.id, purpose: 'keys-page', id: until }, sealed)
    return true
  } catch (error) {
    // Made up, of another instance, or under a secret that has been replaced.
    if (error instanceof IdentityError) return false
    throw error
  }
}
