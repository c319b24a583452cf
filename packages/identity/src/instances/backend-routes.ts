/** What the application's servers change about their instance. */

import type { BackendRoute, Call } from '../http/backend-route.ts'
import { paramError } from '../http/errors.ts'
import type { Params } from '../http/params.ts'
import { refuseReservedClaims } from '../jwt-templates/reserved-claims.ts'
import { findTemplate } from '../jwt-templates/template.ts'
import type { Services } from '../services.ts'
import { changeSettings } from './change.ts'
import type { Instance } from './instance.ts'
import type { SettingName, Settings } from './settings.ts'

export const instanceBackendRoutes: readonly BackendRoute[] = [
  { method: 'GET', path: '/instance', handle: async (_services, call) => toJson(call.instance) },
  {
    method: 'PATCH',
    path: '/instance',
    status: 204,
    event: 'instance.updated',
    handle: updateInstance,
  },
  {
    method: 'PATCH',
    path: '/instance/restrictions',
    event: 'instance.updated',
    handle: updateRestrictions,
  },
  {
    method: 'PATCH',
    path: '/beta_features/instance_settings',
    event: 'instance.updated',
    handle: updateBetaSettings,
  },
]

const RESTRICTIONS = [
  'allowlist',
  'blocklist',
  'block_email_subaddresses',
  'block_disposable_email_domains',
  'ignore_dots_for_gmail_addresses',
] as const satisfies readonly SettingName[]

/** A parameter that stands for a setting by another name, or for what cannot be set here. */
interface Parameter {
  readonly name: string
  /** The settings that follow from what was sent. */
  readonly read: (body: Params, name: string, instance: Instance) => Partial<Settings>
}

/** What is so by design. To ask for it is well; to ask for anything else must not pass in silence. */
const fixed = (name: string, valueOf: (instance: Instance) => boolean): Parameter => ({
  name,
  read: (body, _name, instance) => {
    if ((body.flag(name) ?? valueOf(instance)) === valueOf(instance)) return {}
    throw paramError('form_param_value_invalid', name)
  },
})

const isDevelopment = ({ type }: Instance): boolean => type === 'development'

const INSTANCE: readonly Parameter[] = [
  { name: 'support_email', read: (body, name) => ({ support_email: body.text(name, 1024) ?? '' }) },
  { name: 'allowed_origins', read: (body, name) => ({ allowed_origins: readOrigins(body, name) }) },
  {
    name: 'preferred_sign_in_strategy_when_password_required',
    read: (body, name) => ({
      preferred_sign_in_strategy: (body.text(name) ??
        'password') as Settings['preferred_sign_in_strategy'],
    }),
  },
  fixed('test_mode', isDevelopment),
  fixed('hibp', () => false),
  fixed('enhanced_email_deliverability', () => false),
  fixed('url_based_session_syncing', isDevelopment),
]

const BETA: readonly Parameter[] = [
  {
    name: 'restricted_to_allowlist',
    read: (body, name) => {
      const isOn = body.flag(name)
      return isOn === null ? {} : { allowlist: isOn }
    },
  },
  fixed('progressive_sign_up', () => true),
  fixed('enhanced_email_deliverability', () => false),
]

async function updateInstance({ database }: Services, call: Call): Promise<void> {
  await change(database, call, INSTANCE)
}

async function updateRestrictions(
  { database }: Services,
  { instance, body, now }: Call,
): Promise<object> {
  const changes = Object.fromEntries(
    RESTRICTIONS.flatMap((name) => {
      const isOn = body.flag(name)
      return isOn === null ? [] : [[name, isOn]]
    }),
  )
  const settings = await changeSettings(database, instance, changes, 'restrictions', now)
  return {
    object: 'instance_restrictions',
    ...Object.fromEntries(RESTRICTIONS.map((name) => [name, settings[name]])),
  }
}

async function updateBetaSettings({ database }: Services, call: Call): Promise<object> {
  const claims = await readSessionClaims(database, call)
  const settings = await change(database, call, BETA, claims)
  return {
    object: 'instance_settings',
    id: call.instance.id,
    restricted_to_allowlist: settings.allowlist,
    from_email_address: '',
    progressive_sign_up: true,
    enhanced_email_deliverability: false,
  }
}

async function change(
  database: Services['database'],
  { instance, body, now }: Call,
  parameters: readonly Parameter[],
  more: Partial<Settings> = {},
): Promise<Settings> {
  const sent = parameters.filter(({ name }) => body.has(name))
  const changes = sent.map(({ name, read }) => read(body, name, instance))
  const names = sent.map(({ name }) => name)
  return changeSettings(
    database,
    instance,
    Object.assign({}, ...changes, more),
    names.join(',') || 'session_token_template',
    now,
  )
}

/**
 * Reads the claims that session tokens get: an object, or the name of a JWT template, of which they are taken
 * as they are today. Nothing takes them away.
 */
async function readSessionClaims(
  database: Services['database'],
  { instance, body }: Call,
): Promise<Partial<Settings>> {
  const param = 'session_token_template'
  if (!body.has(param)) return {}
  if (body.isBlank(param)) return { session_claims: {} }
  if (body.isObject(param)) {
    const claims = body.object(param) ?? {}
    refuseReservedClaims(claims, param)
    return { session_claims: claims }
  }
  const template = await findTemplate(database, instance.id, body.required(param, 255))
  if (template === null) throw paramError('form_param_value_invalid', param)
  return { session_claims: template.claims }
}

/** `null` takes them all away. */
function readOrigins(body: Params, name: string): string[] {
  return body.isBlank(name) ? [] : body.list(name)
}

function toJson({ id, type, settings }: Instance): object {
  return {
    object: 'instance',
    id,
    environment_type: type,
    allowed_origins: settings.allowed_origins.length === 0 ? null : settings.allowed_origins,
  }
}
