import type { Metadata } from '@core/protocol'

import { paramError } from '../http/errors.ts'
import type { Params } from '../http/params.ts'

/** What metadata of one kind may take up, as text in UTF-8. */
const MAX_BYTES = 8192

const KINDS = {
  publicMetadata: 'public_metadata',
  privateMetadata: 'private_metadata',
  unsafeMetadata: 'unsafe_metadata',
} as const

/** The three kinds of metadata of a user. */
export type AllMetadata = { readonly [K in keyof typeof KINDS]: Metadata }

/** Reads the kinds of metadata that a request names. `null` empties one. */
export function readMetadata(body: Params): Partial<AllMetadata> {
  return collect((_kind, name) =>
    body.has(name) ? checkSize(body.object(name) ?? {}, name) : undefined,
  )
}

/** Merges what a request names into what there is: deep, and `null` deletes a key at any depth. */
export function mergeMetadata(current: AllMetadata, body: Params): Partial<AllMetadata> {
  return collect((kind, name) =>
    body.has(name)
      ? checkSize(merge(current[kind], body.object(name) ?? {}) as Metadata, name)
      : undefined,
  )
}

function collect(
  read: (kind: keyof AllMetadata, name: string) => Metadata | undefined,
): Partial<AllMetadata> {
  return Object.fromEntries(
    Object.entries(KINDS).flatMap(([kind, name]) => {
      const metadata = read(kind as keyof AllMetadata, name)
      return metadata === undefined ? [] : [[kind, metadata]]
    }),
  )
}

/** Merges metadata from elsewhere into what there is, in the same way. */
export function mergeInto(current: Metadata, change: Metadata): Metadata {
  return merge(current, change) as Metadata
}

function merge(current: unknown, change: unknown): unknown {
  if (!isObject(change)) return change
  const base = isObject(current) ? current : {}
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(change)) {
    if (value === null) merged.delete(key)
    else merged.set(key, merge(merged.get(key), value))
  }
  // `fromEntries` defines keys instead of assigning them: `__proto__` is a key like any other.
  return Object.fromEntries(merged)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkSize(metadata: Metadata, name: string): Metadata {
  if (Buffer.byteLength(JSON.stringify(metadata)) > MAX_BYTES) {
    throw paramError('form_param_max_length_exceeded', name)
  }
  return metadata
}
