/** Names and slugs of organizations: what people call them, and what stands in an address. */

import { paramError } from '../http/errors.ts'

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
const MAX_SLUG_LENGTH = 64

/**
 * Checks a name. Others read it in mails and on pages, so it holds no markup, no address, nothing
 * invisible and nothing that turns the direction of what follows.
 *
 * @throws {ApiError} `form_param_nil`, `form_param_max_length_exceeded`, `form_param_format_invalid`
 */
export function parseOrganizationName(text: string): string {
  const name = text.normalize('NFC').trim()
  if (name === '') throw paramError('form_param_nil', 'name')
  if (name.length > 256) throw paramError('form_param_max_length_exceeded', 'name')
  const isRefused =
    /[<>\p{Cc}\p{Zl}\p{Zp}\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u.test(name) ||
    /:\/\/|\bwww\./i.test(name)
  if (isRefused) throw paramError('form_param_format_invalid', 'name')
  return name
}

/**
 * Checks a slug and brings it into lower case. Nothing that a path could read in two ways: no dots, no
 * slashes, no letters but `a` to `z`. No id passes for a slug, nor a slug for an id.
 *
 * @throws {ApiError} `form_param_format_invalid`, `form_param_max_length_exceeded`
 */
export function parseSlug(text: string): string {
  const slug = /^[\x20-\x7e]*$/.test(text) ? text.toLowerCase() : ''
  if (slug.length > MAX_SLUG_LENGTH) throw paramError('form_param_max_length_exceeded', 'slug')
  if (!SLUG.test(slug)) throw paramError('form_param_format_invalid', 'slug')
  return slug
}

/** Makes a slug of a name: `Ærø & Søn` has none of its letters, so it may be only a word for it. */
export function deriveSlug(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG_LENGTH - 12)
    .replaceAll(/^-+|-+$/g, '')
  return slug === '' ? 'organization' : slug
}
