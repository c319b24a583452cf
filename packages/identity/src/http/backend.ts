/** The Backend API: what the application's servers speak, with a secret key. */

import { Hono } from 'hono'

import { findInstanceBySecretKey, type Instance } from '../instances/instance.ts'
import type { Services } from '../services.ts'
import { backendRoutes } from './backend-routes.ts'
import type { KeyEnv } from './app-env.ts'
import { ApiError } from './errors.ts'
import { jsonResponse } from './json.ts'
import { bodyParams, pathParams, queryParams } from './params.ts'

const MAX_BODY_BYTES = 1024 * 1024

const PATHS = backendRoutes.map(({ path }) => `/v1/${path.split('/')[1] ?? ''}`)

/** Tells the Backend API from the Frontend API, which shares its host and version. */
export function isBackendRequest(request: Request, pathname: string): boolean {
  return (
    /^Bearer sk_/i.test(request.headers.get('authorization') ?? '') ||
    PATHS.some((path) => pathname === path || pathname.startsWith(`${path}/`))
  )
}

/** Creates the Backend API. */
export function createBackendApi(services: Services): Hono<KeyEnv> {
  const app = new Hono<KeyEnv>({ strict: false })
  app.use(async (c, next) => {
    c.set('instance', await authenticate(services, c.req.header('authorization')))
    await next()
  })
  for (const route of backendRoutes) {
    app.on(route.method, `/v1${route.path}`, async (c) => {
      const answer = await route.handle(services, {
        instance: c.var.instance,
        path: pathParams(c.req.param()),
        query: queryParams(new URL(c.req.url).searchParams),
        body: await bodyParams(c.req.raw, MAX_BODY_BYTES),
        now: services.now(),
      })
      return jsonResponse(answer)
    })
  }
  app.all('*', () => {
    throw new ApiError('resource_not_found')
  })
  return app
}

async function authenticate(services: Services, header: string | undefined): Promise<Instance> {
  if (header === undefined || header.trim() === '') throw new ApiError('clerk_key_invalid')
  const [, key] = /^Bearer +(\S+)$/i.exec(header) ?? []
  if (key === undefined) throw new ApiError('authorization_header_format_invalid')
  const instance = await findInstanceBySecretKey(services.database, key)
  if (instance === null) throw new ApiError('clerk_key_invalid')
  return instance
}
