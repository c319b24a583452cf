/** Medians, because a machine that does other work too makes some rounds slow and none fast. */

/** A median and the quarter of the values on either side of it. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (part: number): number => sorted[Math.round((sorted.length - 1) * part)] ?? NaN
  return { median: at(0.5), low: at(0.25), high: at(0.75) }
}
