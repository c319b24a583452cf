import type { DeletedObjectJSON, SessionJSON, UserJSON } from '@core/protocol'

type Json = Readonly<Record<string, unknown>>

/** What each type of event is about. */
export interface WebhookData {
  readonly 'user.created': UserJSON
  readonly 'user.updated': UserJSON
  readonly 'user.deleted': DeletedObjectJSON
  readonly 'session.created': SessionJSON
  readonly 'session.ended': SessionJSON
  readonly 'session.removed': SessionJSON
  readonly 'session.revoked': SessionJSON
  readonly 'session.pending': SessionJSON
  readonly 'organization.created': Json
  readonly 'organization.updated': Json
  readonly 'organization.deleted': DeletedObjectJSON
  readonly 'organizationDomain.created': Json
  readonly 'organizationDomain.updated': Json
  readonly 'organizationDomain.deleted': DeletedObjectJSON
  readonly 'organizationInvitation.created': Json
  readonly 'organizationInvitation.accepted': Json
  readonly 'organizationInvitation.revoked': Json
  readonly 'organizationMembership.created': Json
  readonly 'organizationMembership.updated': Json
  readonly 'organizationMembership.deleted': Json
  readonly 'role.created': Json
  readonly 'role.updated': Json
  readonly 'role.deleted': Json
  readonly 'permission.created': Json
  readonly 'permission.updated': Json
  readonly 'permission.deleted': Json
  readonly 'email.created': Json
  readonly 'sms.created': Json
  readonly 'waitlistEntry.created': Json
  readonly 'waitlistEntry.updated': Json
}

/** Type of a webhook event. A newer server may send others: let a `switch` have a `default`. */
export type WebhookEventType = keyof WebhookData

/** The event of one type. */
export interface WebhookEventOf<T extends WebhookEventType> {
  /** What happened: `user.created`. */
  readonly type: T
  /** Always `event`. */
  readonly object: 'event'
  /** What it happened to, as the API spells it. */
  readonly data: WebhookData[T]
  /** The request that caused the event, where the server tells. */
  readonly event_attributes?: {
    readonly http_request: { readonly client_ip: string; readonly user_agent: string }
  }
}

/** What happened; `type` tells what `data` is. */
export type WebhookEvent = { [T in WebhookEventType]: WebhookEventOf<T> }[WebhookEventType]

/** Picks the members that applications get. Returns `null` for what is not an event. */
export function parseEvent(text: string): WebhookEvent | null {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return null
  }
  if (!isObject(json)) return null
  const { type, data, event_attributes: attributes } = json
  if (typeof type !== 'string' || !isObject(data)) return null
  const event = {
    type,
    object: 'event',
    data,
    ...(isObject(attributes) && { event_attributes: attributes }),
  }
  // Who signed it answers for what is inside.
  return event as unknown as WebhookEvent
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
