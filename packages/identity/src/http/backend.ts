/** The Backend API: what the application's servers speak, with a secret key. */

import { QUERY } from '@core/protocol'
import { Hono } from 'hono'

import { CREATE_PATH, createApplication } from '../accountless/create.ts'
import { noteUse } from '../accountless/unused.ts'
import { COMMAND } from '../audit/actor.ts'
import { handleRecorded } from '../audit/recorded.ts'
import { readUpload } from '../images/image.ts'
import { findInstanceBySecretKey, type Instance } from '../instances/instance.ts'
import { idOfSecretKey } from '../instances/secret-keys.ts'
import { spendOfInstance } from '../rate-limits/spend.ts'
import type { Services } from '../services.ts'
import type { KeyEnv } from './app-env.ts'
import type { Call } from './backend-route.ts'
import { backendRoutes } from './backend-routes.ts'
import { ApiError } from './errors.ts'
import { frontendRoutes } from './frontend.ts'
import { jsonResponse } from './json.ts'
import { Params, bodyItems, bodyParams, pathParams, queryParams } from './params.ts'

const MAX_BODY_BYTES = 1024 * 1024

const firstParts = (routes: readonly { readonly path: string }[]): ReadonlySet<string> =>
  new Set(routes.map(({ path }) => path.split('/')[1] ?? ''))

const PARTS = firstParts(backendRoutes)
/** What both APIs have, each its own way. */
const SHARED_PARTS = new Set([...firstParts(frontendRoutes)].filter((part) => PARTS.has(part)))

/** Tells the Backend API from the Frontend API, which shares its host and version. */
export function isBackendRequest(request: Request, url: URL): boolean {
  if (/^Bearer sk_/i.test(request.headers.get('authorization') ?? '')) return true
  const part = url.pathname.split('/')[2] ?? ''
  if (!PARTS.has(part)) return false
  return !SHARED_PARTS.has(part) || request.headers.has('authorization') || !isBrowser(request, url)
}

/** Whether anything tells a browser: an origin, a cookie, or a parameter that its script adds. */
function isBrowser({ headers }: Request, { searchParams }: URL): boolean {
  return (
    headers.has('origin') ||
    headers.has('cookie') ||
    [QUERY.apiVersion, QUERY.devBrowser, QUERY.sessionId].some((name) => searchParams.has(name))
  )
}

/** Creates the Backend API. */
export function createBackendApi(services: Services): Hono<KeyEnv> {
  const app = new Hono<KeyEnv>({ strict: false })
  // Before any key is looked at: who asks has none, and says so in several ways.
  app.post(`/v1${CREATE_PATH}`, async (c) =>
    jsonResponse(await createApplication(services, c.req.raw, c.env.address)),
  )
  app.use(async (c, next) => {
    const { instance } = c.env
    const secretKey = instance === undefined ? readKey(c.req.header('authorization')) : null
    c.set('secretKey', secretKey)
    c.set('actor', secretKey === null ? COMMAND : { kind: 'key', id: idOfSecretKey(secretKey) })
    c.set('instance', instance ?? (await authenticate(services, secretKey ?? '')))
    await next()
  })
  for (const route of backendRoutes) {
    app.on(route.method, `/v1${route.path}`, async (c) => {
      const { instance } = c.var
      const now = services.now()
      const isCounted = route.method !== 'GET' && route.isUncounted !== true
      // Whoever runs the server is not held up by its limits.
      if (isCounted && c.env.instance === undefined) {
        await spendOfInstance(services, { instance, now }, 'changes')
      }
      const call: Call = {
        instance,
        secretKey: c.var.secretKey,
        actor: c.var.actor,
        path: pathParams(c.req.param()),
        query: queryParams(new URL(c.req.url).searchParams),
        body:
          route.takes === undefined
            ? await bodyParams(c.req.raw, MAX_BODY_BYTES)
            : new Params(new Map()),
        items: () => bodyItems(c.req.raw, MAX_BODY_BYTES),
        upload: () => readUpload(c.req.raw),
        address: c.env.address,
        now,
      }
      const handle = (given: Services): Promise<unknown> => route.handle(given, call)
      const answer =
        route.event === undefined
          ? await handle(services)
          : await handleRecorded(services, call, route.event, handle)
      return route.status === 204
        ? new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } })
        : jsonResponse(answer, route.status)
    })
  }
  app.all('*', () => {
    throw new ApiError('resource_not_found')
  })
  return app
}

async function authenticate(services: Services, secretKey: string): Promise<Instance> {
  const instance = await findInstanceBySecretKey(services.database, secretKey)
  if (instance === null) throw new ApiError('clerk_key_invalid')
  await noteUse(services.database, instance, services.now())
  return instance
}

function readKey(header: string | undefined): string {
  if (header === undefined || header.trim() === '') throw new ApiError('clerk_key_invalid')
  const [, key] = /^Bearer +(\S+)$/i.exec(header) ?? []
  if (key === undefined) throw new ApiError('authorization_header_format_invalid')
  return key
}
