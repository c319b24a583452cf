/** Asks both, holds the answers against each other, and makes what cannot be explained small. */
import { createClerkClient as createPeer } from '@clerk/backend'
import { createClerkClient } from '@core/backend'
import fc from 'fast-check'

import { startIdentityServer } from './identity-server.ts'
import { INSTANCES } from './instances.ts'
import { differences, type Outcome, outcomeOf, type State } from './outcome.ts'
import {
  complete,
  optionsOf,
  PLAIN_REQUEST,
  requestOf,
  type RequestPlan,
  requestPlans,
} from './requests.ts'
import { type Rule, RULES } from './rules.ts'
import { NOW, PEM } from './tokens.ts'

/** What a run found. */
export interface Report {
  readonly seed: number
  readonly requests: number
  readonly seconds: number
  /** Requests that both answered alike in everything. */
  readonly alike: number
  /** How often each rule explained a difference that no other explains. */
  readonly hits: ReadonlyMap<Rule, number>
  /** How often both gave this status for this reason. */
  readonly agreed: ReadonlyMap<string, number>
  /** Requests with a difference that no rule explains. */
  readonly open: number
  /** Some of them, one of each kind, made as plain as they can be. */
  readonly examples: readonly Comparison[]
  /** Rules whose own example does not need them. */
  readonly dead: readonly Rule[]
}

/** Two answers to one request. */
export interface Comparison {
  readonly plan: RequestPlan
  readonly ours: Outcome
  readonly theirs: Outcome
  /** Members that differ. */
  readonly differing: readonly string[]
  /** Those of them that no rule explains. */
  readonly open: readonly string[]
  /** The rules without which something would be unexplained. */
  readonly rules: readonly Rule[]
}

type Compare = (plan: RequestPlan) => Promise<Comparison>

const CHUNK = 1000
const MAX_EXAMPLES = 12

/** Compares the answers to `count` requests. The same seed draws the same requests. */
export async function run(seed: number, count: number): Promise<Report> {
  const startedAt = performance.now()
  const server = await startIdentityServer()
  const restore = takeOver()
  try {
    const compare = createCompare(server.url)
    const hits = new Map<Rule, number>(RULES.map((rule) => [rule, 0]))
    const agreed = new Map<string, number>()
    const examples = new Map<string, Comparison>()
    let alike = 0
    let open = 0
    for (let done = 0; done < count; done += CHUNK) {
      const numRuns = Math.min(CHUNK, count - done)
      for (const plan of fc.sample(requestPlans, { seed: seed + done * 7919, numRuns })) {
        const comparison = await compare(plan)
        const { ours, theirs } = comparison
        if (comparison.differing.length === 0) alike += 1
        if (ours['status'] === theirs['status'] && ours['reason'] === theirs['reason']) {
          add(agreed, `${ours['status']} ${ours['reason']}`)
        }
        for (const rule of comparison.rules) add(hits, rule)
        if (comparison.open.length > 0) {
          open += 1
          const kind = kindOf(comparison)
          if (!examples.has(kind) && examples.size < MAX_EXAMPLES) {
            const isSame = (other: Comparison): boolean =>
              other.open.length > 0 && kindOf(other) === kind
            examples.set(kind, await shrink(comparison, compare, isSame))
          }
        }
      }
    }
    const dead: Rule[] = []
    for (const rule of RULES) {
      const { rules } = await compare(complete(rule.example))
      if (!rules.includes(rule)) dead.push(rule)
    }
    const seconds = (performance.now() - startedAt) / 1000
    const found = [...examples.values()]
    return { seed, requests: count, seconds, alike, hits, agreed, open, examples: found, dead }
  } finally {
    restore()
    await server.close()
  }
}

/**
 * Stops the clock, hides the machine's own configuration, and silences the console, on which every
 * refused token is reported.
 */
function takeOver(): () => void {
  const { Date: RealDate, console: realConsole } = globalThis
  const { env } = process
  process.env = Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:CLERK|VERCEL)_/.test(name)),
  )
  globalThis.Date = class extends RealDate {
    constructor(...given: readonly unknown[]) {
      super(...((given.length === 0 ? [NOW * 1000] : given) as [number]))
    }
    static override now(): number {
      return NOW * 1000
    }
  } as DateConstructor
  globalThis.console = new Proxy(realConsole, { get: () => () => undefined })
  return () => {
    process.env = env
    globalThis.Date = RealDate
    globalThis.console = realConsole
  }
}

function createCompare(apiUrl: string): Compare {
  // Each client keeps its keys and what it has verified, as in an app.
  const clients = new Map<string, ReturnType<typeof createClients>>()
  return async (plan) => {
    const id = `${plan.instance} ${plan.keys}`
    const known = clients.get(id) ?? createClients(plan, apiUrl)
    clients.set(id, known)
    const options = optionsOf(plan)
    const ask = (client: typeof known.core | typeof known.peer): Promise<Outcome> =>
      outcomeOf(() => client.authenticateRequest(requestOf(plan), { ...options }) as Promise<State>)
    return explain(plan, await ask(known.core), await ask(known.peer))
  }
}

function createClients({ instance, keys }: RequestPlan, apiUrl: string) {
  const { publishableKey, secretKey } = INSTANCES[instance]
  const jwtKey = keys === 'jwtKey' ? { jwtKey: PEM } : {}
  const options = { publishableKey, secretKey, apiUrl, ...jwtKey }
  return {
    core: createClerkClient(options),
    peer: createPeer({ ...options, telemetry: { disabled: true } }),
  }
}

/** What follows from the reason, so that nothing else needs to be said about it. */
const OF_THE_REASON = /^(?:reason|x-clerk-auth-reason|location \?__clerk_hs_reason)$/

function explain(plan: RequestPlan, ours: Outcome, theirs: Outcome): Comparison {
  const differing = differences(ours, theirs)
  const isSame = (field: string): boolean => ours[field] === theirs[field]
  // Who is signed in, or with which token, is explained by rules made for it only.
  const isMoreLenient = ours['status'] === 'signed-in' && !isSame('token')
  const isVerdict = !isSame('status') || !isSame('reason')
  const ofVerdict = (field: string): boolean =>
    isVerdict && (!isSame('status') || OF_THE_REASON.test(field))
  const explains = (rule: Rule, field: string): boolean =>
    rule.fields?.test(field) === true || (rule.isVerdict === true && ofVerdict(field))
  const matching = RULES.filter(
    (rule) =>
      (!isMoreLenient || rule.isLenient === true || rule.isVerdict !== true) &&
      differing.some((field) => explains(rule, field)) &&
      rule.when(plan, ours, theirs),
  )
  const open: string[] = []
  const rules = new Set<Rule>()
  for (const field of differing) {
    const [first, ...others] = matching.filter((rule) => explains(rule, field))
    if (first === undefined) open.push(field)
    else if (others.length === 0) rules.add(first)
  }
  return { plan, ours, theirs, differing, open, rules: [...rules] }
}

function kindOf({ ours, theirs, open }: Comparison): string {
  const fields = open.includes('status') || open.includes('reason') ? [] : open
  return JSON.stringify([
    ours['status'],
    ours['reason'],
    theirs['status'],
    theirs['reason'],
    ...fields,
  ])
}

/** Makes one part after another of the request plain, as long as the difference stays. */
async function shrink(
  found: Comparison,
  compare: Compare,
  isSame: (comparison: Comparison) => boolean,
): Promise<Comparison> {
  let smallest = found
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false
    for (const plan of simpler(smallest.plan)) {
      const comparison = await compare(plan)
      if (isSame(comparison)) {
        smallest = comparison
        isSmaller = true
        break
      }
    }
  }
  return smallest
}

function simpler<T extends object>(plan: T, plain: object = PLAIN_REQUEST): T[] {
  return Object.entries(plan).flatMap(([name, value]) => {
    const usual: unknown = (plain as Readonly<Record<string, unknown>>)[name]
    if (value === usual || usual === undefined) return []
    if (typeof value !== 'object' || value === null) return [{ ...plan, [name]: usual }]
    return simpler(value as object, usual as object).map((part) => ({ ...plan, [name]: part }))
  })
}

function add<T>(counts: Map<T, number>, key: T): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
