/** What verifying a token costs, without any request, beside the libraries that do nothing else. */
import {
  OURS,
  PEER,
  WEB_CRYPTO,
  nodeCrypto,
  verifiers,
  webCrypto,
  NODE_CRYPTO,
} from './contestants.ts'
import type { Findings } from './figures.ts'
import type { Issuer, TokenPool } from './keys.ts'
import { toRaceTable } from './race-table.ts'
import { race, ratioOf } from './race.ts'

export async function measureTokens(
  issuer: Issuer,
  pool: TokenPool,
  timeMs: number,
  announce: (title: string) => void,
): Promise<Findings> {
  const source = {
    'verifyToken, token seen before': () => () => pool.seen,
    'verifyToken, token never seen': (name: string) => pool.unseenBy(name),
  }
  const figures: Findings['figures'][number][] = []
  const tables: Findings['tables'][number][] = []
  for (const [title, tokens] of Object.entries(source)) {
    announce(title)
    const contestants = [
      ...verifiers(issuer, tokens),
      webCrypto(issuer, tokens(WEB_CRYPTO)),
      nodeCrypto(issuer, tokens(NODE_CRYPTO)),
    ]
    const times = await race(contestants, { timeMs, isFresh: title.endsWith('never seen') })
    for (const other of [PEER, 'jose', 'fast-jwt', 'fast-jwt with its cache']) {
      const what = `${title}: faster than ${other}`
      figures.push({ what, value: ratioOf(times, other, OURS), unit: '×', budget: null })
    }
    tables.push(toRaceTable(title, times, OURS))
  }
  return { figures, tables }
}
