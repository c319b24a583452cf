/** Pages for people: the Account Portal, the home page and, in development, the outbox. */

import { Hono } from 'hono'

import { applicationPages } from '../accountless/pages.ts'
import type { HostEnv } from '../http/app-env.ts'
import { ApiError } from '../http/errors.ts'
import { pathParams, queryParams } from '../http/params.ts'
import { parseRedirectTarget } from '../http/origins.ts'
import { findImage } from '../images/image.ts'
import type { Instance } from '../instances/instance.ts'
import { listMails } from '../mail/outbox.ts'
import type { Services } from '../services.ts'
import { drawAvatar } from '../users/avatar.ts'
import { answerPage, wantsPage } from './answer.ts'
import { findAsset, isPortalBuilt } from './assets.ts'
import {
  homePage,
  outboxPage,
  PORTAL_PAGES,
  portalPage,
  refusalPage,
  type PortalPage,
} from './html.ts'
import { problemResponse } from './problem.ts'
import { styleOf } from './style.ts'

/** Names under which an address to return to may reach a portal page. */
const REDIRECT_PARAMETERS = [
  'redirect_url',
  'sign_in_force_redirect_url',
  'sign_in_fallback_redirect_url',
  'sign_up_force_redirect_url',
  'sign_up_fallback_redirect_url',
  'after_sign_in_url',
  'after_sign_up_url',
]

/** Creates the pages. */
export function createPages(services: Services): Hono<HostEnv> {
  const app = new Hono<HostEnv>({ strict: false })

  // Pages live at one address: their policy and their cookies are those of its origin.
  const names = Object.keys(PORTAL_PAGES) as readonly PortalPage[]
  app.on('GET', ['/', ...names.map((name) => `/${name}/*`)], async (c, next) => {
    const { host, pathname, search } = new URL(c.req.url)
    const { portalOrigin } = c.env.instance
    if (host === new URL(portalOrigin).host) return next()
    return c.redirect(portalOrigin + pathname.replace(/^\/+/, '/') + search, 307)
  })
  app.get('/', (c) => answerPage(c.env.instance, homePage(c.env.instance)))
  for (const page of names) {
    app.on('GET', [`/${page}`, `/${page}/*`], async (c) => {
      const { instance } = c.env
      const search = new URL(c.req.url).searchParams
      const targets = REDIRECT_PARAMETERS.flatMap((name) => joined(search, name) ?? [])
      // Checked here as well as by the page: nobody is sent to a stranger after signing in.
      if (targets.some((target) => !isSafeTarget(instance, target))) {
        return answerPage(instance, refusalPage(instance), { status: 400 })
      }
      return answerPage(instance, portalPage(instance, page, await isPortalBuilt()))
    })
  }
  app.get('/assets/core.css', (c) =>
    file(styleOf(c.env.instance), 'text/css; charset=utf-8', 'no-cache'),
  )
  app.get('/assets/:name{.+}', async (c) => {
    const asset = await findAsset(c.req.param('name'))
    if (asset === null) throw new ApiError('resource_not_found')
    return file(asset.content, asset.type, 'no-cache')
  })
  app.get('/avatars/:name', (c) => {
    const svg = drawAvatar(c.req.param('name'))
    if (svg === null) throw new ApiError('resource_not_found')
    return picture(svg, 'image/svg+xml')
  })
  app.get('/images/:id', async (c) => {
    const id = pathParams(c.req.param())['id'] ?? ''
    const image = await findImage(services.database, c.env.instance.id, id)
    if (image === null) throw new ApiError('resource_not_found')
    return picture(image.content, image.mediaType)
  })
  app.get('/dev/outbox', async (c) => {
    const { instance } = c.env
    if (instance.type !== 'development') throw new ApiError('resource_not_found')
    const to = queryParams(new URL(c.req.url).searchParams).text('to')
    const mails = await listMails(services.database, instance.id, to)
    return c.req.header('accept')?.includes('application/json')
      ? Response.json({ data: mails }, { headers: { 'cache-control': 'no-store' } })
      : answerPage(instance, outboxPage(instance, mails))
  })
  app.route('/', applicationPages(services))
  app.all('*', (c) => {
    const error = new ApiError('resource_not_found')
    if (!wantsPage(c.req.raw)) throw error
    return problemResponse(c.env.instance, error)
  })
  return app
}

function joined(search: URLSearchParams, name: string): string | null {
  const parts = search.getAll(name)
  return parts.length === 0 ? null : parts.join(',')
}

/** An address on this portal, written as a path, or an absolute one on an allowed origin. */
function isSafeTarget(instance: Instance, target: string): boolean {
  if (target === '') return true
  const absolute = /^\/(?![/\\])/.test(target) ? `${instance.portalOrigin}${target}` : target
  return parseRedirectTarget(instance, absolute) !== null
}

/** Answers a picture, which anybody may show: pages of all origins, with or without a policy of their own. */
function picture(...[content, mediaType]: [Parameters<typeof file>[0], string]): Response {
  const response = file(content, mediaType, 'public, max-age=31536000, immutable')
  response.headers.set('cross-origin-resource-policy', 'cross-origin')
  // Some clients load pictures as scripts load data, without cookies.
  response.headers.set('access-control-allow-origin', '*')
  return response
}

function file(
  body: string | Uint8Array<ArrayBuffer>,
  type: string,
  cacheControl: string,
): Response {
  return new Response(body, {
    headers: {
      'content-type': type,
      'cache-control': cacheControl,
      'content-security-policy': "default-src 'none'; sandbox",
    },
  })
}
