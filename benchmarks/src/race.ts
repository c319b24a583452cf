/**
 * Races between ways to do the same work. Each round gives every contestant one batch, in an order by
 * chance, and what is compared are the times of one round: what else the machine does at that moment
 * slows all of them, so it cancels.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { type Spread, spreadOf } from './statistics.ts'

/** One way to do the work of a race. */
export interface Contestant {
  readonly name: string
  /** Prepares some items, untimed, and returns the timed work on all of them. */
  readonly prepare: (items: number) => () => Promise<void>
}

/** Microseconds for one item, one entry per round. */
export type Times = ReadonlyMap<string, readonly number[]>

export interface RaceOptions {
  /** How long each contestant runs, all rounds together. */
  readonly timeMs: number
  /** Whether an item can be used once only. Then batches are small and rounds few. */
  readonly isFresh?: boolean
  /** Most items of a batch. Items that are large would be cleaned up while others are worked on. */
  readonly largestBatch?: number
}

const BATCH_MS = 10
const MIN_ROUNDS = 7

const FRESH = { batch: 20, warm: 25, rounds: 60 } as const

/** Most items that one contestant takes in a race whose items are used once. */
export const MAX_FRESH: number = FRESH.batch * (FRESH.warm + FRESH.rounds)

/**
 * Describes a contestant. An answer that is not right ends the race: between two ways to fail there is
 * nothing to compare.
 */
export function contestant<Item, Answer>(
  name: string,
  make: () => Item,
  work: (item: Item) => Answer | Promise<Answer>,
  isRight: (answer: Answer) => boolean,
): Contestant {
  return {
    name,
    prepare(size) {
      const items = Array.from({ length: size }, make)
      return async () => {
        for (const item of items) {
          if (!isRight(await work(item))) throw new Error(`${name} gives a wrong answer`)
        }
      }
    },
  }
}

/** Runs a race. @throws when a contestant fails */
export async function race(
  contestants: readonly Contestant[],
  { timeMs, isFresh = false, largestBatch = Infinity }: RaceOptions,
): Promise<Times> {
  const racers: { readonly one: Contestant; readonly size: number; readonly times: number[] }[] = []
  let slowestMs = BATCH_MS
  for (const one of contestants) {
    const { size, ms } = await (isFresh ? warmUpFresh(one) : warmUp(one, timeMs / 4, largestBatch))
    slowestMs = Math.max(slowestMs, ms)
    racers.push({ one, size, times: [] })
  }
  const fitting = Math.max(MIN_ROUNDS, Math.round(timeMs / slowestMs))
  const rounds = isFresh ? Math.min(FRESH.rounds, fitting) : fitting
  // Code that all contestants share is optimized anew when the next of them runs it in its own way,
  // so the first rounds together are no measure yet.
  for (let round = isFresh ? 0 : -Math.round(rounds / 3); round < rounds; round += 1) {
    for (const { one, size, times } of shuffled(racers)) {
      const ms = await clock(one, size)
      if (round >= 0) times.push((ms * 1000) / size)
    }
  }
  return new Map(racers.map(({ one, times }) => [one.name, times]))
}

/** Runs a contestant until its code is optimized, and finds out how many items fill a batch. */
async function warmUp(
  one: Contestant,
  timeMs: number,
  largest: number,
): Promise<{ size: number; ms: number }> {
  let size = 1
  let total = 0
  for (;;) {
    const ms = await clock(one, size)
    total += ms
    const isFull = ms >= BATCH_MS / 2 || size === largest
    if (isFull && total >= timeMs) {
      const fitting = Math.max(1, Math.round((size * BATCH_MS) / ms))
      return { size: Math.min(largest, fitting), ms: BATCH_MS }
    }
    if (!isFull) size = Math.min(largest, size * 2)
  }
}

async function warmUpFresh(one: Contestant): Promise<{ size: number; ms: number }> {
  let ms = 0
  for (let batch = 0; batch < FRESH.warm; batch += 1) ms = await clock(one, FRESH.batch)
  return { size: FRESH.batch, ms }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as (options: { type: 'minor' }) => void

async function clock(one: Contestant, size: number): Promise<number> {
  const work = one.prepare(size)
  // What one contestant leaves behind is not to be cleaned up in the time of the next.
  collectGarbage({ type: 'minor' })
  const start = performance.now()
  await work()
  return performance.now() - start
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

/** Compares two contestants round by round: how many times as long as `other` takes `one`? */
export function ratioOf(times: Times, one: string, other: string): Spread {
  const [a = [], b = []] = [times.get(one), times.get(other)]
  return spreadOf(a.map((time, round) => time / (b[round] ?? NaN)))
}
