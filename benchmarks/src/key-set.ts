/** How often the key set is fetched when a hundred requests arrive at a process that has no keys yet. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { createClerkClient as createPeer } from '@clerk/backend'
import { createClerkClient } from '@core/backend'

import { OURS, PEER } from './contestants.ts'
import { type Findings, exactly } from './figures.ts'
import { type Issuer, ORIGIN, PUBLISHABLE_KEY, SECRET_KEY, type TokenPool } from './keys.ts'

const REQUESTS = 100

export async function measureKeySet(issuer: Issuer, pool: TokenPool): Promise<Findings> {
  let fetches = 0
  const server = createServer((_, response) => {
    fetches += 1
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ keys: [issuer.jwk] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const keys = { publishableKey: PUBLISHABLE_KEY, secretKey: SECRET_KEY, apiUrl }
  const clients = {
    [OURS]: createClerkClient(keys),
    [PEER]: createPeer({ ...keys, telemetry: { disabled: true } }),
  }
  const requests = Array.from({ length: REQUESTS }, pool.unseenBy('the key set')).map(
    (token) => new Request(`${ORIGIN}/api/me`, { headers: { authorization: `Bearer ${token}` } }),
  )
  const rows: string[][] = []
  const counts: Record<string, number> = {}
  try {
    for (const [name, client] of Object.entries(clients)) {
      fetches = 0
      const states = await Promise.all(
        requests.map((request) => client.authenticateRequest(request.clone())),
      )
      const signedIn = states.filter(({ isSignedIn }) => isSignedIn).length
      rows.push([name, String(fetches), `${signedIn} of ${REQUESTS}`])
      counts[name] = fetches
    }
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  const title = `${REQUESTS} requests at once, no keys yet`
  return {
    figures: [
      {
        what: `${title}: fetches of the key set`,
        value: exactly(counts[OURS] ?? NaN),
        unit: 'fetch',
        budget: { atMost: 1 },
      },
    ],
    tables: [{ title, columns: ['contestant', 'fetches', 'signed in'], rows }],
  }
}
