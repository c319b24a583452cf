import type { FrontendRoute } from '../http/route.ts'
import {
  attemptReverification,
  beginReverification,
  prepareReverification,
  refuseSecondFactor,
} from './reverification.ts'

const ACTIONS: readonly (readonly [path: string, handle: FrontendRoute['handle']])[] = [
  ['/verify', beginReverification],
  ['/verify/prepare_first_factor', prepareReverification],
  ['/verify/attempt_first_factor', attemptReverification],
  ['/verify/prepare_second_factor', refuseSecondFactor],
  ['/verify/attempt_second_factor', refuseSecondFactor],
]

/** The endpoints below `/v1/client/sessions/:session/verify`. */
export const reverificationRoutes: readonly FrontendRoute[] = ACTIONS.map(([path, handle]) => ({
  method: 'POST',
  path: `/client/sessions/:session${path}`,
  reply: 'envelope',
  // Whoever acts in somebody's name cannot prove to be them.
  needs: { proof: 'self' },
  handle,
}))
