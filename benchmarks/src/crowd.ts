/** People who do what people do with an application, all at once, and remember what they were told. */
import { setTimeout as pause } from 'node:timers/promises'

import type { Ledger } from '../../packages/identity/src/testing/invariants.ts'
import {
  Visitor,
  UnexpectedReply,
  callBackend,
  expectOk,
  refresh,
  testAddress,
  type CookiePair,
} from '../../packages/identity/src/testing/visitor.ts'

/** How one operation went. */
export interface Outcome {
  readonly name: string
  readonly result: 'done' | 'done again' | 'unknown'
  readonly ms: number
}

interface Member {
  readonly visitor: Visitor
  readonly email: string
  pair: CookiePair | null
  isExchanging: boolean
}

interface Operation {
  readonly name: string
  /** How often, of a hundred. */
  readonly weight: number
  /** Whether doing it twice is no harm. */
  readonly isRepeatable: boolean
  readonly run: (crowd: Crowd) => Promise<void>
}

// oxfmt-ignore
export const OPERATIONS: readonly Operation[] = [
  { name: 'session token', weight: 52, isRepeatable: true,  run: async (crowd) => void (await crowd.pick().visitor.token()) },
  { name: 'handshake',     weight: 10, isRepeatable: true,  run: (crowd) => crowd.beginAnew() },
  { name: 'refresh',       weight: 10, isRepeatable: true,  run: (crowd) => crowd.exchange() },
  { name: 'read a user',   weight: 18, isRepeatable: true,  run: (crowd) => crowd.readUser() },
  { name: 'sign-in',       weight: 4,  isRepeatable: true,  run: (crowd) => crowd.signIn() },
  { name: 'sign-up',       weight: 4,  isRepeatable: true,  run: (crowd) => crowd.grow() },
  { name: 'organization',  weight: 2,  isRepeatable: false, run: (crowd) => crowd.createOrganization() },
]

const PASSWORD = 'correct horse battery'
const ATTEMPTS = 20

/** The people, and what they have to complain of. */
export class Crowd {
  readonly complaints: string[] = []
  readonly #url: string
  readonly #secretKey: string
  readonly #ledger: Ledger
  readonly #members: Member[] = []
  #made = 0

  constructor(url: string, secretKey: string, ledger: Ledger) {
    this.#url = url
    this.#secretKey = secretKey
    this.#ledger = ledger
  }

  get size(): number {
    return this.#members.length
  }

  /** Does one operation by chance, again if it was interrupted and may be repeated. */
  async act(): Promise<Outcome> {
    const from = performance.now()
    const operation = choose()
    const { name, isRepeatable, run } = operation
    const outcome = (result: Outcome['result']): Outcome => ({
      name,
      result,
      ms: performance.now() - from,
    })
    for (let attempt = 1; ; attempt++) {
      try {
        await run(this)
        return outcome(attempt === 1 ? 'done' : 'done again')
      } catch (error) {
        const isOver = error instanceof UnexpectedReply && error.status < 500
        if (isOver) this.complaints.push(`${name}: ${error.message}`)
        if (isOver || !isRepeatable || attempt === ATTEMPTS) return outcome('unknown')
        await pause(100 * attempt)
      }
    }
  }

  pick(): Member {
    return this.#members[Math.floor(Math.random() * this.#members.length)] as Member
  }

  /** Signs somebody new up. */
  async grow(): Promise<void> {
    const visitor = await Visitor.open(this.#url)
    const email = testAddress(`m${this.#made++}`)
    await visitor.signUp(email, PASSWORD)
    this.#ledger.users.add(visitor.userId)
    this.#ledger.sessions.add(visitor.sessionId)
    this.#members.push({ visitor, email, pair: null, isExchanging: false })
  }

  /** Somebody signs in with another browser. */
  async signIn(): Promise<void> {
    const { email } = this.pick()
    const visitor = await Visitor.open(this.#url)
    await visitor.signIn(email, PASSWORD)
    this.#ledger.sessions.add(visitor.sessionId)
  }

  /** Somebody's browser goes through a handshake. The refresh token it had is worthless from then on. */
  beginAnew(): Promise<void> {
    return this.#alone(async (member) => {
      member.pair = await member.visitor.handshake()
    })
  }

  /** The server of an app renews somebody's session: with the token it got last. */
  exchange(): Promise<void> {
    return this.#alone(async (member) => {
      const { visitor } = member
      member.pair ??= await visitor.handshake()
      for (let attempt = 1; ; attempt++) {
        try {
          member.pair = await refresh(this.#url, this.#secretKey, visitor.sessionId, member.pair)
          return
        } catch (error) {
          // With the same token, while it is still led to its successor.
          const isOver = error instanceof UnexpectedReply && error.status < 500
          if (isOver || attempt === ATTEMPTS) throw error
          await pause(100)
        }
      }
    })
  }

  /** Does what a browser does one at a time, or else only asks for a token. */
  async #alone(work: (member: Member) => Promise<void>): Promise<void> {
    const member = this.pick()
    if (member.isExchanging) return void (await member.visitor.token())
    member.isExchanging = true
    try {
      await work(member)
    } finally {
      member.isExchanging = false
    }
  }

  async readUser(): Promise<void> {
    const { userId } = this.pick().visitor
    await expectOk(callBackend(this.#url, this.#secretKey, 'GET', `/users/${userId}`))
  }

  async createOrganization(): Promise<void> {
    const { visitor } = this.pick()
    const { body } = await expectOk(visitor.post('/organizations', { name: 'Acme' }))
    this.#ledger.organizations.add(body.response.id as string)
  }

  /** Asks everybody for a session token: who gets none was signed out. */
  async askEverybody(): Promise<void> {
    for (const { visitor } of this.#members) {
      await visitor.token().catch((error: unknown) => {
        this.complaints.push(`somebody was signed out: ${String(error)}`)
      })
    }
  }
}

function choose(): Operation {
  let at = Math.random() * OPERATIONS.reduce((sum, { weight }) => sum + weight, 0)
  const found = OPERATIONS.find(({ weight }) => (at -= weight) < 0)
  return found ?? (OPERATIONS[0] as Operation)
}
