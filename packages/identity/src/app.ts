/**
 * The whole server as one function from `Request` to `Response`. Finds the instance, then hands over to
 * the API or page that the path belongs to.
 */

import { randomUUID } from 'node:crypto'

import { QUERY } from '@core/protocol'

import { noteUse } from './accountless/unused.ts'
import { isOutage } from './database/outage.ts'
import { findAddress, isForwardedByStranger, toNetwork, type Hops } from './http/address.ts'
import { createBackendApi, isBackendRequest } from './http/backend.ts'
import { EVERY_ANSWER, addHeaders, type CommonHeaders } from './http/common-headers.ts'
import { corsHeaders } from './http/cors.ts'
import { ApiError, headersOfError, toErrorBody } from './http/errors.ts'
import { createFrontendApi } from './http/frontend.ts'
import { answerHealth, isHealthPath } from './http/health.ts'
import { jsonResponse } from './http/json.ts'
import { createStandingFinder } from './http/standing.ts'
import type { Instance } from './instances/instance.ts'
import { routeOf } from './metrics/route.ts'
import { createPages } from './portal/pages.ts'
import type { Services } from './services.ts'

/** How a request arrived. */
export interface Connection {
  /** Address at the other end of the socket. Left out, nobody can tell where requests come from. */
  readonly peer?: string
}

/** Answers a request. */
export type Fetch = (request: Request, connection?: Connection) => Promise<Response>

interface Arrival {
  /** Names the response in the logs. */
  readonly traceId: string
  readonly url: URL
  readonly hops: Hops
  /** Where it comes from, as far as its connection and headers tell; `null` where nobody can tell. */
  readonly address: string | null
  /** What the answer carries, whoever makes it. More, once it is known who is asked. */
  common: CommonHeaders
}

/** When to come back while the database is away. Long enough not to hinder it, short enough not to be noticed. */
const OUTAGE_RETRY_SECONDS = 2

/** Puts the server together. */
export function createApp(services: Services): Fetch {
  const backend = createBackendApi(services)
  const pages = createPages(services)

  const toErrorResponse = (error: unknown, traceId: string): Response => {
    if (!(error instanceof ApiError)) {
      services.logger.error({ err: error, trace: traceId }, 'A request failed')
    }
    const answer =
      error instanceof ApiError
        ? error
        : isOutage(error)
          ? new ApiError('service_unavailable', { retryAfter: OUTAGE_RETRY_SECONDS })
          : new ApiError('internal_clerk_error')
    return jsonResponse(toErrorBody(answer, traceId), answer.status, headersOfError(answer))
  }
  const frontend = createFrontendApi(services, toErrorResponse)
  backend.onError((error, c) => toErrorResponse(error, c.env.traceId))
  pages.onError((error, c) => toErrorResponse(error, c.env.traceId))

  // Who serves a host is asked anew each time. Only a page that is told of an outage is told by what was
  // known before: without its origin among the headers, a browser would show it no status at all.
  const lastSeen = new Map<string, Instance>()

  const findStanding = createStandingFinder(services.database)

  const dispatch = async (request: Request, arrival: Arrival): Promise<Response> => {
    const { traceId, url, hops, address } = arrival
    const { pathname } = url
    if (isHealthPath(pathname)) return answerHealth(services, pathname)
    const isApi = isApiPath(pathname)
    if (isApi && isBackendRequest(request, url)) {
      return backend.fetch(request, { traceId, address })
    }
    const host = hostOf(request)
    const standing = await findStanding(request, url, host)
    const { instance, isProxied } = standing
    if (instance === null) {
      lastSeen.delete(host)
      throw new ApiError('resource_not_found')
    }
    lastSeen.set(host, instance)
    await noteUse(services.database, instance, services.now())
    if (isApi) arrival.common = corsHeaders(request, instance)
    return (isApi ? frontend : pages).fetch(request, {
      traceId,
      url,
      instance,
      address: isProxied ? findAddress({ ...hops, hasProvenProxy: true }) : address,
      common: arrival.common,
      standing,
    })
  }

  let hasNamedStranger = false
  const nameStranger = ({ hops, address }: Arrival): void => {
    if (hasNamedStranger || !isForwardedByStranger(hops)) return
    hasNamedStranger = true
    services.logger.warn(
      { event: 'proxy.untrusted', network: networkOf(address) },
      'Requests come through a proxy that TRUSTED_PROXIES does not name, so they all seem to come from it',
    )
  }

  return async (received, { peer } = {}) => {
    const startedAt = performance.now()
    const hops = { peer, headers: received.headers, proxies: services.trustedProxies }
    const url = new URL(received.url)
    const arrival: Arrival = {
      // Drawn ahead: asking for random bytes takes longer than all else that is done here.
      traceId: randomUUID().replaceAll('-', ''),
      url,
      hops,
      address: findAddress(hops),
      common: EVERY_ANSWER,
    }
    nameStranger(arrival)
    let response: Response
    try {
      response = await dispatch(withLogicalMethod(received, url), arrival)
    } catch (error) {
      response = toErrorResponse(error, arrival.traceId)
      const instance = lastSeen.get(hostOf(received)) ?? null
      if (isApiPath(url.pathname)) arrival.common = corsHeaders(received, instance)
    }
    addHeaders(response, arrival.common)
    const ms = performance.now() - startedAt
    const { method } = received
    const path = url.pathname
    const { status } = response
    if (services.metrics !== undefined) {
      const route = routeOf(method, path)
      services.metrics.observe({ method, route, status, seconds: ms / 1000 })
    }
    if (services.logger.isLevelEnabled('info')) {
      services.logger.info(
        {
          trace: arrival.traceId,
          method,
          // Without the query: tokens travel there.
          path,
          network: networkOf(arrival.address),
          status,
          ms: Math.round(ms),
        },
        'request',
      )
    }
    return response
  }
}

function networkOf(address: string | null): string | undefined {
  return address === null ? undefined : toNetwork(address)
}

function isApiPath(pathname: string): boolean {
  return pathname.startsWith('/v1/') || pathname.startsWith('/.well-known/')
}

/** Browsers send every change as POST and name the method they mean in the query. */
function withLogicalMethod(request: Request, { searchParams }: URL): Request {
  if (request.method !== 'POST') return request
  const method = searchParams.get(QUERY.method)?.toUpperCase()
  if (method === undefined || !['PUT', 'PATCH', 'DELETE'].includes(method)) return request
  const { url, headers, body } = request
  return new Request(url, { method, headers, body, ...(body === null ? {} : { duplex: 'half' }) })
}

function hostOf(request: Request): string {
  return request.headers.get('host') ?? new URL(request.url).host
}
