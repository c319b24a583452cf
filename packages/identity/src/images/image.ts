/** Pictures that people upload: checked by what they are, kept in the database, served to anybody. */

import { and, eq } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { images } from './tables.ts'

/** How large a picture may be. */
export const MAX_IMAGE_BYTES: number = 10 * 1024 * 1024

/** The bytes pictures begin with. A vector graphic is none of them: it could bring a script. */
const SIGNATURES: readonly (readonly [type: string, pattern: RegExp])[] = [
  // oxlint-disable-next-line no-control-regex -- these are bytes, not text
  ['image/png', /^\x89PNG\r\n\x1a\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[^]{4}WEBP/],
  // oxlint-disable-next-line no-control-regex -- as above
  ['image/x-icon', /^\x00\x00\x01\x00/],
]

/** A picture. */
export type Image = typeof images.$inferSelect

/** The address of a picture. */
export function imageUrl(instance: Instance, id: string): string {
  return `${instance.origin}/images/${id}`
}

/**
 * Keeps a picture that was uploaded: as a form with the field `file`, or as it is, in bytes or base64.
 *
 * @throws {ApiError} `avatar_file_size_exceeded`, `avatar_file_type_invalid`
 */
export async function storeImage(
  db: Queryable,
  instance: Instance,
  content: Uint8Array<ArrayBuffer>,
  now: number,
): Promise<string> {
  const bytes = decodeText(content)
  const mediaType = mediaTypeOf(bytes)
  if (mediaType === null) throw paramError('avatar_file_type_invalid', 'file')
  const id = newId('img', now)
  await db
    .insert(images)
    .values({ id, instanceId: instance.id, mediaType, content: bytes, createdAt: now })
  return id
}

/** Removes a picture. */
export async function deleteImage(db: Queryable, instanceId: string, id: string): Promise<void> {
  await db.delete(images).where(and(eq(images.id, id), eq(images.instanceId, instanceId)))
}

/** Finds a picture of an instance. */
export async function findImage(
  db: Queryable,
  instanceId: string,
  id: string,
): Promise<Image | null> {
  const [row] = await db
    .select()
    .from(images)
    .where(and(eq(images.id, id), eq(images.instanceId, instanceId)))
  return row ?? null
}

/**
 * Reads the bytes of an upload. One that is announced as too large is not read at all.
 *
 * @throws {ApiError} `avatar_file_size_exceeded`, `form_param_nil`, `request_body_invalid`
 */
export async function readUpload(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  // A form wraps the file in a few lines of its own.
  const body = await readBytes(request, MAX_IMAGE_BYTES + 64 * 1024)
  const type = request.headers.get('content-type') ?? ''
  let content = body
  if (/^multipart\/form-data\b/i.test(type)) {
    const form = await new Response(body, { headers: { 'content-type': type } })
      .formData()
      .catch(() => {
        throw new ApiError('request_body_invalid')
      })
    const file = form.get('file')
    if (file === null || typeof file === 'string') throw paramError('form_param_nil', 'file')
    content = new Uint8Array(await file.arrayBuffer())
  }
  if (content.length === 0) throw paramError('form_param_nil', 'file')
  if (content.length > MAX_IMAGE_BYTES) throw paramError('avatar_file_size_exceeded', 'file')
  return content
}

async function readBytes(request: Request, max: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body ?? []) {
    size += part.length
    if (size > max) throw paramError('avatar_file_size_exceeded', 'file')
    parts.push(part)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

function mediaTypeOf(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1')
  return SIGNATURES.find(([, pattern]) => pattern.test(start))?.[0] ?? null
}

/** Browsers may send a picture as the text of a `data:` address. */
function decodeText(content: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (mediaTypeOf(content) !== null) return content
  const text = Buffer.from(content).toString('latin1')
  const [, base64] = /^(?:data:image\/[a-z.+-]+;base64,)?([A-Za-z0-9+/=\s]+)$/.exec(text) ?? []
  return base64 === undefined ? content : new Uint8Array(Buffer.from(base64, 'base64'))
}
