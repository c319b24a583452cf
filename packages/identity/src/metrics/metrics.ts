/** Figures about the process, in the text format of Prometheus. Nothing in them says who somebody is. */

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

import type { PoolUse } from '../database/database.ts'
import type { QueueUse } from '../passwords/hasher.ts'

/** One request that was answered. */
export interface AnsweredRequest {
  readonly method: string
  /** The endpoint, not its address: see `route.ts`. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

/** What is measured. */
export interface Metrics {
  observe(request: AnsweredRequest): void
  /** Writes everything down. */
  toResponse(): Promise<Response>
}

/** What is asked whenever the figures are. */
export interface MetricsSources {
  readonly poolUse: () => PoolUse | null
  readonly queueUse: () => QueueUse | null
}

/** From a token that is signed at once to a password that waits its turn. */
const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Methods that are counted by name; a client may invent any. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Starts measuring. */
export function createMetrics({ poolUse, queueUse }: MetricsSources): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const requests = new Counter({
    name: 'core_requests_total',
    help: 'Requests answered, by route and status.',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const durations = new Histogram({
    name: 'core_request_duration_seconds',
    help: 'Time from a request to its answer, by route.',
    labelNames: ['method', 'route'],
    buckets: BUCKETS,
    registers,
  })
  // Two states that add up to all there are: what else is known of them is named apart.
  void new Gauge({
    name: 'core_database_connections',
    help: 'Connections to the database server that are open, in use or not.',
    labelNames: ['state'],
    registers,
    collect() {
      const use = poolUse()
      if (use === null) return
      this.set({ state: 'busy' }, use.open - use.idle)
      this.set({ state: 'idle' }, use.idle)
    },
  })
  if (poolUse() !== null) {
    void new Gauge({
      name: 'core_database_connections_max',
      help: 'Connections to the database server that this process may have.',
      registers,
      collect() {
        this.set(poolUse()?.max ?? 0)
      },
    })
    void new Gauge({
      name: 'core_database_connections_awaited',
      help: 'Requests that wait for a connection to the database server.',
      registers,
      collect() {
        this.set(poolUse()?.waiting ?? 0)
      },
    })
  }
  void new Gauge({
    name: 'core_password_hashes',
    help: 'Passwords that are being hashed or checked, and those that wait.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, value] of Object.entries(queueUse() ?? {})) this.set({ state }, value)
    },
  })
  return {
    observe: ({ method: name, route, status, seconds }) => {
      const method = METHODS.has(name) ? name : 'other'
      requests.inc({ method, route, status })
      durations.observe({ method, route }, seconds)
    },
    toResponse: async () =>
      new Response(await registry.metrics(), {
        headers: { 'content-type': registry.contentType, 'cache-control': 'no-store' },
      }),
  }
}
