import { HANDSHAKE_PATH } from '@core/protocol'
import { TrieRouter } from 'hono/router/trie-router'

import { CLAIM_PATH, KEYS_PAGE_PATH } from '../accountless/application-json.ts'
import { CREATE_PATH } from '../accountless/create.ts'
import { TOUCH_PATH } from '../clients/touch.ts'
import { LINK_PATH, SYNC_PATH } from '../handshake/satellite.ts'
import { backendRoutes } from '../http/backend-routes.ts'
import { frontendRoutes } from '../http/frontend.ts'
import { PORTAL_PAGES } from '../portal/html.ts'
import { ACCEPT_PATH } from '../tickets/ticket-url.ts'
import { VERIFY_PATH } from '../verifications/link.ts'

/** Paths that stand in no table of endpoints. */
const OTHERS = [
  '/',
  '/.well-known/jwks.json',
  '/assets/*',
  '/avatars/:name',
  '/dev/outbox',
  '/health',
  '/health/live',
  '/health/ready',
  '/images/:id',
  ...Object.keys(PORTAL_PAGES).map((page) => `/${page}/*`),
  TOUCH_PATH,
  SYNC_PATH,
  LINK_PATH,
  `/v1${ACCEPT_PATH}`,
]

/** Paths of pages that are sent a form. */
const PAGES_WITH_FORMS = [CLAIM_PATH, KEYS_PAGE_PATH, `/v1${VERIFY_PATH}`]

const router = new TrieRouter<string>()
for (const { method, path } of [...frontendRoutes, ...backendRoutes]) {
  router.add(method, `/v1${path}`, `/v1${path}`)
}
for (const path of PAGES_WITH_FORMS) {
  for (const method of ['GET', 'POST']) router.add(method, path, path)
}
router.add('POST', `/v1${CREATE_PATH}`, `/v1${CREATE_PATH}`)
for (const path of [...OTHERS, HANDSHAKE_PATH]) router.add('GET', path, path)

/**
 * Names the endpoint that a request meets: `/v1/users/:id`, not whose. What meets none is `other`, however
 * many paths somebody invents.
 */
export function routeOf(method: string, path: string): string {
  const [[first] = []] = router.match(method, path)
  return first === undefined ? 'other' : first[0]
}
