/** What an answer to "who is asking?" comes to, in terms that can be compared. */

/** The part of both products' request states that is read here. */
export interface State {
  readonly status: string
  readonly isSignedIn: boolean
  readonly reason: string | null
  readonly token: string | null
  readonly isSatellite: boolean
  readonly domain: string
  readonly proxyUrl: string
  readonly headers: Headers
  toAuth(options?: { treatPendingAsSignedOut: boolean }): unknown
}

/** One answer, flat: every member is compared. */
export interface Outcome {
  readonly [field: string]: string
}

const AUTH_FIELDS = [
  'userId',
  'sessionId',
  'sessionStatus',
  'orgId',
  'orgRole',
  'orgSlug',
  'orgPermissions',
  'actor',
  'factorVerificationAge',
  'sessionClaims',
  'tokenType',
  'isAuthenticated',
] as const

const QUESTIONS: readonly object[] = [
  {},
  { role: 'admin' },
  { role: 'org:member' },
  { permission: 'org:docs:edit' },
  { permission: 'chat:view' },
  { role: 'org:member', permission: 'org:docs:view' },
  { feature: 'docs' },
  { feature: 'user:theme' },
  { feature: 'org:theme' },
  { plan: 'gold' },
  { plan: 'user:gold' },
  { reverification: 'strict' },
  { reverification: 'strict_mfa' },
  { reverification: { level: 'first_factor', afterMinutes: 3 } },
  { reverification: 'unknown' },
  { role: 'org:admin', reverification: 'lax' },
]

interface Auth {
  has(question: object): boolean
  readonly [field: string]: unknown
}

/** Asks, and writes the answer down. An error is an answer, too. */
export async function outcomeOf(ask: () => Promise<State>): Promise<Outcome> {
  let state: State
  try {
    state = await ask()
  } catch (error) {
    return { status: 'throws', reason: error instanceof Error ? error.name : typeof error }
  }
  const outcome: Record<string, string> = {
    status: state.status,
    isSignedIn: String(state.isSignedIn),
    reason: String(state.reason),
    token: String(state.token),
    isSatellite: String(state.isSatellite),
    domain: state.domain,
    proxyUrl: state.proxyUrl,
  }
  const auth = authOf(state)
  outcome['auth'] = auth === 'throws' ? auth : auth === null ? 'none' : 'given'
  if (auth !== null && auth !== 'throws') {
    for (const field of AUTH_FIELDS) outcome[field] = textOf(auth[field])
    for (const question of QUESTIONS) {
      outcome[`has ${JSON.stringify(question)}`] = String(auth.has(question))
    }
  }
  const whole = authOf(state, { treatPendingAsSignedOut: false })
  if (whole !== null && whole !== 'throws') {
    outcome['userId, pending or not'] = textOf(whole['userId'])
  }

  for (const [name, value] of state.headers) {
    // Messages are for people.
    if (name === 'set-cookie' || name === 'location' || name.endsWith('-message')) continue
    outcome[name] = value
  }
  outcome['set-cookie'] = state.headers.getSetCookie().toSorted().join('\n')
  describeUrl(outcome, 'location', state.headers.get('location'))
  return outcome
}

const WAYS_BACK: ReadonlySet<string> = new Set(['redirect_url', '__clerk_redirect_url'])

/** Takes a URL apart, and the one inside that leads back. */
function describeUrl(outcome: Record<string, string>, name: string, text: string | null): void {
  if (text === null) return
  const [address = '', ...query] = text.split('?')
  outcome[name] = address
  const parameters = new URLSearchParams(query.join('?'))
  for (const parameter of new Set(parameters.keys())) {
    const values = parameters.getAll(parameter).join('\n')
    const isTrip = name === 'location' && outcome['status'] === 'handshake'
    if (isTrip && WAYS_BACK.has(parameter)) describeUrl(outcome, 'way back', values)
    else outcome[`${name} ?${parameter}`] = values
  }
}

function authOf(
  state: State,
  options?: { treatPendingAsSignedOut: boolean },
): Auth | null | 'throws' {
  try {
    return state.toAuth(options) as Auth | null
  } catch {
    return 'throws'
  }
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(sorted(value))
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Names of the members in which two answers differ. */
export function differences(ours: Outcome, theirs: Outcome): string[] {
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].filter(
    (field) => ours[field] !== theirs[field],
  )
}
