/** Time of a change: now, but later than the change before, so that no two look the same. */
export function nextUpdate(previous: number, now: number): number {
  return Math.max(now, previous + 1)
}

/** Seconds of a time, as tokens count them. */
export function toSeconds(time: number): number {
  return Math.floor(time / 1000)
}

/** The beginning of a day, in UTC. */
export function toDay(time: number): number {
  return time - (time % 86_400_000)
}
