/** How a race is shown. */
import { type Table, toDigits } from './figures.ts'
import { type Times, ratioOf } from './race.ts'
import { spreadOf } from './statistics.ts'

/** Shows the time of every contestant and how it compares, round by round, to one of them. */
export function toRaceTable(title: string, times: Times, to: string): Table {
  const rows = [...times].map(([name, values]) => {
    const { median, low, high } = spreadOf(values)
    const ratio = ratioOf(times, name, to)
    return [
      name,
      `${toDigits(median)} (${toDigits(low)} – ${toDigits(high)})`,
      name === to
        ? '1'
        : `${toDigits(ratio.median)} (${toDigits(ratio.low)} – ${toDigits(ratio.high)})`,
      String(values.length),
    ]
  })
  return { title, columns: ['contestant', 'µs, half of the rounds', `of ${to}`, 'rounds'], rows }
}
