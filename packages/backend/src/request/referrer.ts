/** Which page a visitor comes from, as far as that matters: the session may have changed there. */

import { type InstanceType, accountPortalOrigin } from '@core/protocol'

/** Hosts of the pages where people sign in to a development instance. */
const LEGACY_PORTAL = /^accounts\..+\.(?:lcl\.dev|lclstage\.dev|lclclerk\.com)$/
const PORTAL = /\.(?:accounts\.dev|accountsstage\.dev|accounts\.lclclerk\.com)$/
const PORTAL_API = /\.clerk\.(?:accounts\.dev|accountsstage\.dev|accounts\.lclclerk\.com)$/

/**
 * Tells whether a referrer is a foreign site. The app itself, its Frontend API and its sign-in pages
 * are not; on development instances, neither are the shared sign-in pages of such instances.
 */
export function isForeignReferrer(
  referrer: string,
  origin: string,
  frontendApi: string,
  instance: InstanceType,
): boolean {
  if (!/^https?:\/\//i.test(referrer) || !URL.canParse(referrer)) return false
  const from = new URL(referrer)
  if (from.origin === origin) return false
  const { host } = new URL(frontendApi)
  if (from.host === host || from.origin === accountPortalOrigin(host)) return false
  if (instance === 'production') return true
  const { hostname } = from
  return !LEGACY_PORTAL.test(hostname) && (!PORTAL.test(hostname) || PORTAL_API.test(hostname))
}
