import { isLoopbackHost, originOfHost } from '@core/protocol'

import type { Instance, Satellite } from '../instances/instance.ts'
import { parsePlainUrl, parseUrl } from './url.ts'

/** How many origins are remembered of an instance. Pages of strangers name any number. */
const MAX_KNOWN = 100

/** An instance that changes is another object. */
const known = new WeakMap<Instance, Map<string, boolean>>()

/**
 * Tells whether pages of an origin may talk to an instance, and whether browsers may be sent there.
 * A development instance trusts every page on this machine; all others are listed.
 */
export function isAllowedOrigin(instance: Instance, origin: string): boolean {
  const answers = known.get(instance) ?? new Map<string, boolean>()
  const answer = answers.get(origin) ?? decide(instance, origin)
  if (answers.size >= MAX_KNOWN) answers.clear()
  known.set(instance, answers.set(origin, answer))
  return answer
}

function decide(instance: Instance, origin: string): boolean {
  const url = parseUrl(origin)
  // Compared as written: a browser sends its origin in one spelling only.
  if (url === null || url.origin !== origin || !/^https?:$/.test(url.protocol)) return false
  return (
    origin === instance.origin ||
    origin === instance.portalOrigin ||
    instance.settings.allowed_origins.includes(origin) ||
    parseUrl(instance.settings.proxy_url)?.origin === origin ||
    instance.satellites.some((satellite) => originsOfSatellite(satellite).includes(origin)) ||
    (instance.type === 'development' && isLoopbackHost(url.host))
  )
}

/** The pages of a satellite, and where they reach the Frontend API. */
function originsOfSatellite({ name, frontendApi, proxyUrl }: Satellite): readonly string[] {
  return [
    originOfHost(name),
    ...(frontendApi === null ? [] : [originOfHost(frontendApi)]),
    ...(proxyUrl === null ? [] : [new URL(proxyUrl).origin]),
  ]
}

/**
 * Parses where a browser is to be sent. Absolute http(s) addresses on allowed origins only; anything
 * that two parsers could read differently is refused.
 */
export function parseRedirectTarget(instance: Instance, target: string | null): URL | null {
  const url = target === null ? null : parsePlainUrl(target)
  return url !== null && isAllowedOrigin(instance, url.origin) ? url : null
}
