/** The browsers somebody is signed in with, as they recognize them. */

import type { SessionJSON } from '@core/protocol'
import Bowser from 'bowser'

import type { Instance } from '../instances/instance.ts'
import { toPublicUserDataJson, type User } from '../users/user.ts'
import { commonJson, type Session } from './session.ts'
import { openTasks } from './tasks.ts'

/** What a browser says of itself. Anybody can say anything, so this is shown and decides nothing. */
export function toActivityJson(session: Session): object {
  const { browser, os, platform } = Bowser.parse(session.userAgent ?? 'unknown')
  return {
    object: 'session_activity',
    id: session.id.replace('sess_', 'sess_activity_'),
    device_type: platform.model ?? os.name ?? null,
    is_mobile: platform.type === 'mobile' || platform.type === 'tablet',
    browser_name: browser.name || null,
    browser_version: browser.version || null,
    ip_address: session.ipAddress,
    city: null,
    country: null,
  }
}

/** Writes a session for the application's servers: what is not known of its browser is left out. */
export function toSessionJson(
  session: Session,
  instance: Instance,
  now: number,
): SessionJSON & { readonly tasks: readonly object[] | null; readonly latest_activity: object } {
  const tasks = openTasks(instance, session.lastActiveOrganizationId)
  const activity = Object.entries(toActivityJson(session)).filter(([, value]) => value !== null)
  return {
    ...commonJson(session, instance, now),
    client_id: session.clientId,
    user_id: session.userId,
    tasks: tasks.length === 0 ? null : tasks,
    latest_activity: Object.fromEntries(activity),
  }
}

/** Writes a session as a device in the list of its user. */
export function toDeviceJson(
  session: Session,
  user: User,
  instance: Instance,
  now: number,
): object {
  return {
    ...commonJson(session, instance, now),
    last_active_token: null,
    tasks: null,
    factor_verification_age: null,
    user: null,
    public_user_data: toPublicUserDataJson(user, instance),
    latest_activity: toActivityJson(session),
  }
}
