import { and, count, desc, eq, ne } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { only, transact } from '../database/transact.ts'
import type { Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { readPage } from '../http/paging.ts'
import type { Params } from '../http/params.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import type { Services } from '../services.ts'
import { nextUpdate } from '../time.ts'
import { jwtTemplates } from '../tokens/tables.ts'
import { openStoredKey } from '../vault/stored-keys.ts'
import type { SealedPlace, Vault } from '../vault/vault.ts'
import { refuseReservedClaims } from './reserved-claims.ts'
import { checkTemplateKey } from './signing-key.ts'

/** A template, as it is stored. */
export type JwtTemplate = typeof jwtTemplates.$inferSelect

const MAX_CLAIMS_CHARACTERS = 16_384

/** Finds a template by the name that tokens are asked for by. */
export async function findTemplate(
  db: Queryable,
  instanceId: string,
  name: string,
): Promise<JwtTemplate | null> {
  const [row] = await db
    .select()
    .from(jwtTemplates)
    .where(and(eq(jwtTemplates.instanceId, instanceId), eq(jwtTemplates.name, name)))
  return row ?? null
}

/** Where the key of a template is sealed. */
export function keyPlaceOf({
  instanceId,
  id,
}: Pick<JwtTemplate, 'instanceId' | 'id'>): SealedPlace {
  return { instanceId, purpose: 'template-key', id }
}

/** Lists templates, newest first: bare, or with their number where that is asked for. */
export async function listTemplates({ database }: Services, call: Call): Promise<object> {
  const { limit, offset } = readPage(call.query)
  const where = eq(jwtTemplates.instanceId, call.instance.id)
  const rows = await database
    .select()
    .from(jwtTemplates)
    .where(where)
    .orderBy(desc(jwtTemplates.createdAt), desc(jwtTemplates.id))
    .limit(limit)
    .offset(offset)
  const data = rows.map((row) => toTemplateJson(row, call.instance))
  if (call.query.flag('paginated') !== true) return data
  const [total] = await database.select({ count: count() }).from(jwtTemplates).where(where)
  return { data, total_count: total?.count ?? 0 }
}

/** Reads the template that a path names. */
export async function readTemplate({ database }: Services, call: Call): Promise<object> {
  return toTemplateJson(await requireTemplate(database, call), call.instance)
}

/** Creates a template. */
export async function createTemplate(services: Services, call: Call): Promise<object> {
  const { instance, body, now } = call
  const name = readName(body) ?? missing('name')
  const claims = readClaims(body) ?? missing('claims')
  const id = newId('jtmp', now)
  const key = await readKey(services.vault, body, { id, instanceId: instance.id })
  return transact(services.database, async (tx) => {
    await refuseTakenName(tx, instance, name, null)
    const row = only(
      await tx
        .insert(jwtTemplates)
        .values({
          id,
          instanceId: instance.id,
          name,
          claims,
          lifetime: 60,
          allowedClockSkew: 5,
          ...readTimes(body),
          ...key,
          createdAt: now,
          updatedAt: now,
        })
        .returning(),
    )
    return toTemplateJson(row, instance)
  })
}

/** Changes what a request names of a template. */
export async function updateTemplate(services: Services, call: Call): Promise<object> {
  const { instance, body, now } = call
  const before = await requireTemplate(services.database, call)
  const name = readName(body)
  const claims = readClaims(body)
  const key = await readKey(services.vault, body, before)
  return transact(services.database, async (tx) => {
    if (name !== null) await refuseTakenName(tx, instance, name, before.id)
    const [row] = await tx
      .update(jwtTemplates)
      .set({
        ...(name === null ? {} : { name }),
        ...(claims === null ? {} : { claims }),
        ...readTimes(body),
        ...key,
        updatedAt: nextUpdate(before.updatedAt, now),
      })
      .where(and(eq(jwtTemplates.id, before.id), eq(jwtTemplates.instanceId, instance.id)))
      .returning()
    if (row === undefined) throw new ApiError('resource_not_found')
    return toTemplateJson(row, instance)
  })
}

/** Deletes a template. Tokens that were made of it hold until they expire. */
export async function deleteTemplate({ database }: Services, call: Call): Promise<object> {
  const [row] = await database
    .delete(jwtTemplates)
    .where(
      and(
        eq(jwtTemplates.id, call.path['id'] ?? ''),
        eq(jwtTemplates.instanceId, call.instance.id),
      ),
    )
    .returning({ id: jwtTemplates.id })
  if (row === undefined) throw new ApiError('resource_not_found')
  return { object: 'jwt_template', id: row.id, deleted: true }
}

async function requireTemplate(db: Queryable, { instance, path }: Call): Promise<JwtTemplate> {
  const [row] = await db
    .select()
    .from(jwtTemplates)
    .where(and(eq(jwtTemplates.id, path['id'] ?? ''), eq(jwtTemplates.instanceId, instance.id)))
  if (row === undefined) throw new ApiError('resource_not_found')
  return row
}

/** Refuses a name that another template has. Two at once meet at the index and run one by one. */
async function refuseTakenName(
  db: Queryable,
  instance: Instance,
  name: string,
  ownId: string | null,
): Promise<void> {
  const [other] = await db
    .select({ id: jwtTemplates.id })
    .from(jwtTemplates)
    .where(
      and(
        eq(jwtTemplates.instanceId, instance.id),
        eq(jwtTemplates.name, name),
        ownId === null ? undefined : ne(jwtTemplates.id, ownId),
      ),
    )
  if (other !== undefined) throw paramError('form_already_exists', 'name')
}

function missing(param: string): never {
  throw paramError('form_param_nil', param)
}

/** A name is a part of a path. One or two dots there lead elsewhere: to a session token, for one. */
function readName(body: Params): string | null {
  const name = body.text('name', 255)
  if (name !== null && (/[/\\\p{Cc}]|^\.{1,2}$/u.test(name) || name.trim() !== name)) {
    throw paramError('form_param_format_invalid', 'name')
  }
  return name
}

function readClaims(body: Params): Readonly<Record<string, unknown>> | null {
  const claims = body.object('claims')
  if (claims === null) return null
  if (JSON.stringify(claims).length > MAX_CLAIMS_CHARACTERS) {
    throw paramError('form_param_max_length_exceeded', 'claims')
  }
  refuseReservedClaims(claims, 'claims')
  return claims
}

function readTimes(body: Params): { lifetime?: number; allowedClockSkew?: number } {
  const lifetime = body.integer('lifetime', 30, 315_360_000)
  const allowedClockSkew = body.integer('allowed_clock_skew', 0, 300)
  return {
    ...(lifetime === null ? {} : { lifetime }),
    ...(allowedClockSkew === null ? {} : { allowedClockSkew }),
  }
}

/** What a request says about a key of the template's own; nothing if it says nothing. */
async function readKey(
  vault: Vault,
  body: Params,
  template: Pick<JwtTemplate, 'instanceId' | 'id'> & Partial<JwtTemplate>,
): Promise<{ signingAlgorithm?: string | null; signingKey?: string | null }> {
  const isCustom = body.flag('custom_signing_key') ?? template.signingKey != null
  if (!isCustom) return { signingAlgorithm: null, signingKey: null }
  const algorithm = body.text('signing_algorithm') ?? template.signingAlgorithm
  const place = keyPlaceOf(template)
  const kept = template.signingKey ?? null
  const text =
    body.text('signing_key', 16_384) ?? (kept === null ? null : openStoredKey(vault, place, kept))
  if (algorithm == null) return missing('signing_algorithm')
  if (text == null) return missing('signing_key')
  await checkTemplateKey({ algorithm, text })
  return { signingAlgorithm: algorithm, signingKey: vault.seal(place, text) }
}

/** Writes a template. Its key stays here. */
function toTemplateJson(row: JwtTemplate, instance: Instance): object {
  return {
    object: 'jwt_template',
    id: row.id,
    name: row.name,
    claims: row.claims,
    lifetime: row.lifetime,
    allowed_clock_skew: row.allowedClockSkew,
    custom_signing_key: row.signingKey !== null,
    signing_algorithm: row.signingAlgorithm ?? instance.settings.signing_algorithm,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  }
}
