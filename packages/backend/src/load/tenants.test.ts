/** Instances side by side, whose keys have the same id: nothing crosses. */
import { describe, expect, it } from 'vitest'
import { CONTEXT } from '../../test/authenticate.ts'
import { createIssuer } from '../../test/issuer.ts'
import { type Answer, startKeyServer } from '../../test/key-server.ts'
import { createAuthenticator } from '../authenticator.ts'
import type { ClerkOptions } from '../options.ts'

const a = await createIssuer({ kid: 'same' })
const b = await createIssuer({ name: 'b', host: 'clerk.other.com', kid: 'same' })
const TENANTS = [a, b] as const
type Tenant = (typeof TENANTS)[number]

/** Gives each tenant its own key, by its secret key. */
const keysOfCaller: Answer = (request, response) => {
  const tenant = TENANTS.find((one) => request.headers.authorization === `Bearer ${one.secretKey}`)
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ keys: tenant ? [tenant.jwk] : [] }))
}

interface Visit {
  readonly tenant: Tenant
  readonly token: string
  readonly isOwn: boolean
}

/** What comes to the first and to the second tenant in turns, each time as another user. */
function visitsOf(first: Tenant, second: Tenant): readonly Visit[] {
  return Array.from({ length: 25 }, (_, index) => `user_${index}`).flatMap((sub) =>
    [[first, second] as const, [second, first] as const].flatMap(([tenant, other]) => {
      const own = tenant.session({ sub })
      // Says that it is of the other tenant, so that nothing but the key tells.
      const forged = tenant.session({ sub, iss: other.issuer })
      return [
        { tenant, token: own, isOwn: true },
        { tenant: other, token: own, isOwn: false },
        { tenant, token: forged, isOwn: false },
        { tenant: other, token: forged, isOwn: false },
      ]
    }),
  )
}

// Signing takes longer than all the rest, so each token comes several times: as new, and as known.
const VISITS = { 'a first': visitsOf(a, b), 'b first': visitsOf(b, a) } as const

type Keys = 'PEM' | 'remote'

function optionsOf(tenant: Tenant, keys: Keys, apiUrl: string): ClerkOptions {
  const { publishableKey, jwtKey, secretKey } = tenant
  return keys === 'PEM' ? { publishableKey, jwtKey } : { publishableKey, secretKey, apiUrl }
}

// oxfmt-ignore
const WAYS: readonly (readonly [Keys, Keys, 'one client' | 'two clients'])[] = [
  ['PEM',    'PEM',    'one client'],
  ['PEM',    'remote', 'one client'],
  ['remote', 'PEM',    'one client'],
  ['remote', 'remote', 'one client'],
  ['PEM',    'PEM',    'two clients'],
  ['PEM',    'remote', 'two clients'],
  ['remote', 'PEM',    'two clients'],
  ['remote', 'remote', 'two clients'],
]

describe.each(WAYS)('a key of %s and a key of %s with %s', (first, second, clients) => {
  // oxfmt-ignore
  it.each([
    ['a first', 'one after the other'],
    ['b first', 'all at once'],
  ] as const)('never verify for each other: %s, %s', async (order, pace) => {
    await using server = await startKeyServer(keysOfCaller)
      const options = new Map([
        [a, optionsOf(a, first, server.url)],
        [b, optionsOf(b, second, server.url)],
      ])
      const context = { ...CONTEXT, fetch }
      const shared = createAuthenticator({}, context).client
      const own = new Map(
        [...options].map(([tenant, given]) => [tenant, createAuthenticator(given, context).client]),
      )
      const isSignedIn = async (tenant: Tenant, token: string): Promise<boolean> => {
        const headers = { authorization: `Bearer ${token}` }
        const request = new Request('https://app.example.com/', { headers })
        const client = clients === 'one client' ? shared : own.get(tenant)
        const given = clients === 'one client' ? options.get(tenant) : undefined
        const state = await client?.authenticateRequest(request, given)
        return state?.isSignedIn === true
      }

      const visits = VISITS[order]
    const wrong: number[] = []
    const ask = async (turn: number): Promise<void> => {
      const { tenant, token, isOwn } = visits[turn % visits.length] as Visit
      if ((await isSignedIn(tenant, token)) !== isOwn) wrong.push(turn)
    }
    const turns = [...Array(1000).keys()]
    if (pace === 'all at once') await Promise.all(turns.map(ask))
    else for (const turn of turns) await ask(turn)

    expect(wrong).toEqual([])
    const remote = [first, second].filter((keys) => keys === 'remote').length
      expect(server.requests).toHaveLength(remote)
    },
  )
})
