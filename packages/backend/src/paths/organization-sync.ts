/** Which organization a URL speaks of, so that it can be made the active one. */

import { type Key, pathToRegexp } from 'path-to-regexp'

/**
 * Paths that name an organization, or none. Each pattern is a path with named parameters (`:id`,
 * `:slug`) and wildcards (`(.*)`); case is ignored, a trailing slash is allowed, the whole path must
 * match.
 */
export interface OrganizationSyncOptions {
  /** Paths of an organization, with its id as `:id` or its slug as `:slug`. They win over the others. */
  readonly organizationPatterns?: readonly string[] | undefined
  /** Paths of the personal account, where no organization is active. */
  readonly personalAccountPatterns?: readonly string[] | undefined
}

/** The organization that a path speaks of. Values stay as they are written in the path. */
export type OrganizationTarget =
  | { readonly type: 'id' | 'slug'; readonly value: string }
  | { readonly type: 'personal' }

/** Patterns, compiled. */
export interface OrganizationSync {
  /** Returns what a path speaks of; `null` if it matches no pattern. */
  readonly find: (pathname: string) => OrganizationTarget | null
  /** Patterns of organizations that name none, so can never activate one. */
  readonly unusable: readonly string[]
}

/** Compiles patterns. Returns `undefined` if one of them cannot be compiled. */
export function parseOrganizationSync(given: unknown): OrganizationSync | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined
  const { organizationPatterns, personalAccountPatterns, ...others } =
    given as OrganizationSyncOptions
  if (Object.keys(others).length > 0) return undefined
  const organizations = compile(organizationPatterns)
  const personal = compile(personalAccountPatterns)
  if (organizations === undefined || personal === undefined) return undefined
  return {
    find(pathname) {
      const parameters = organizations.map((route) => route.match(pathname)).find(Boolean)
      const { id, slug } = parameters ?? {}
      if (id) return { type: 'id', value: id }
      if (slug) return { type: 'slug', value: slug }
      return personal.some((route) => route.match(pathname)) ? { type: 'personal' } : null
    },
    unusable: organizations.filter(({ namesOne }) => !namesOne).map(({ pattern }) => pattern),
  }
}

interface Route {
  readonly pattern: string
  readonly namesOne: boolean
  /** Returns the single-segment parameters of a path; `null` if it does not match. */
  readonly match: (pathname: string) => Readonly<Record<string, string | undefined>> | null
}

function compile(patterns: unknown = []): readonly Route[] | undefined {
  if (!Array.isArray(patterns)) return undefined
  try {
    return patterns.map(toRoute)
  } catch {
    return undefined
  }
}

function toRoute(pattern: unknown): Route {
  if (typeof pattern !== 'string') throw new TypeError('A pattern must be a string')
  const keys: Key[] = []
  const expression = pathToRegexp(pattern, keys)
  return {
    pattern,
    namesOne: keys.some((key) => isSingle(key) && (key.name === 'id' || key.name === 'slug')),
    match(pathname) {
      const found = expression.exec(pathname)
      if (found === null) return null
      const entries = keys.map((key, at) => [key.name, isSingle(key) ? found[at + 1] : undefined])
      return Object.fromEntries(entries) as Record<string, string | undefined>
    },
  }
}

/** One that repeats holds several segments: which of them is meant, nobody can tell. */
function isSingle({ modifier }: Key): boolean {
  return modifier !== '*' && modifier !== '+'
}
