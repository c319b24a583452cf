import { QUERY } from '@core/protocol'
import type { Platform } from './platform.ts'

const OURS = [
  QUERY.devBrowser,
  QUERY.handshake,
  QUERY.handshakeNonce,
  QUERY.help,
  QUERY.synced,
  QUERY.suffixedCookies,
  QUERY.legacyDevSession,
] as const

/**
 * Takes the protocol's parameters out of the address bar, so that they are neither bookmarked nor
 * shared, and returns the development-browser token that was among them.
 */
export function takeFromAddressBar({ window }: Platform): string | null {
  if (!window) return null
  const url = new URL(window.location.href)
  const token = url.searchParams.get(QUERY.devBrowser)
  const before = url.href
  for (const name of OURS) url.searchParams.delete(name)
  if (url.href !== before) window.history.replaceState(window.history.state, '', url.href)
  return token
}
