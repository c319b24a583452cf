/** What a session may do: exactly what is asked for in full and held in full. */
import { describe, expect, it } from 'vitest'
import type { SessionClaims } from '@core/protocol'
import { SECONDS } from '../../test/issuer.ts'
import { createSignedInAuth } from '../auth/auth-object.ts'
import { protect } from '../auth/protect.ts'

/** How a claim is there. Only the first way can give a right. */
const WAYS = ['held', 'missing', 'malformed'] as const
type Way = (typeof WAYS)[number]

const DIMENSIONS = ['role', 'permission', 'feature', 'plan', 'reverification'] as const
type Dimension = (typeof DIMENSIONS)[number]
type Held = Readonly<Record<Dimension, Way>>

const CLAIMS: Readonly<Record<Dimension, Readonly<Record<Way, unknown>>>> = {
  role: { held: 'admin', missing: undefined, malformed: ['admin'] },
  permission: { held: 'create', missing: undefined, malformed: { 0: 'create' } },
  feature: { held: 'o:invoices', missing: undefined, malformed: 'o:invoices,malformed' },
  plan: { held: 'o:gold', missing: undefined, malformed: 'gold' },
  reverification: { held: [20, 20], missing: undefined, malformed: ['20', 20] },
}

const ASKED: Readonly<Record<Dimension, Readonly<Record<'pass' | 'fail', unknown>>>> = {
  role: { pass: 'org:admin', fail: 'org:owner' },
  permission: { pass: 'org:invoices:create', fail: 'org:invoices:delete' },
  feature: { pass: 'org:invoices', fail: 'org:sso' },
  plan: { pass: 'org:gold', fail: 'org:silver' },
  reverification: { pass: 'moderate', fail: 'strict' },
}
type Question = Readonly<Record<Dimension, 'pass' | 'fail' | 'unasked'>>

/** Every choice of one value for each dimension. */
function combine<T>(values: readonly T[]): readonly Readonly<Record<Dimension, T>>[] {
  return DIMENSIONS.reduce<readonly Partial<Record<Dimension, T>>[]>(
    (rows, name) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [{}],
  ) as readonly Readonly<Record<Dimension, T>>[]
}

const SESSIONS = combine(WAYS)
const QUESTIONS = combine(['pass', 'fail', 'unasked'] as const)

function authOf(held: Held) {
  const claims = {
    v: 2,
    iss: 'https://clerk.example.com',
    sub: 'user_1',
    sid: 'sess_1',
    iat: SECONDS,
    exp: SECONDS + 60,
    fea: CLAIMS.feature[held.feature],
    pla: CLAIMS.plan[held.plan],
    fva: CLAIMS.reverification[held.reverification],
    o: {
      id: 'org_1',
      slg: 'acme',
      rol: CLAIMS.role[held.role],
      per: CLAIMS.permission[held.permission],
      fpm: '1',
    },
  }
  const given = JSON.parse(JSON.stringify(claims)) as SessionClaims
  return createSignedInAuth('token', given, () => Promise.reject(new Error('No API in this test')))
}

function paramsOf(question: Question): Record<string, unknown> {
  return Object.fromEntries(
    DIMENSIONS.flatMap((name) => {
      const way = question[name]
      return way === 'unasked' ? [] : [[name, ASKED[name][way]]]
    }),
  )
}

/** A permission is spelled with the features' list, so it needs that too. */
function isHeld(held: Held, name: Dimension): boolean {
  return held[name] === 'held' && (name !== 'permission' || held.feature === 'held')
}

function isRight(held: Held, question: Question): boolean {
  const asked = DIMENSIONS.filter((name) => question[name] !== 'unasked')
  return asked.length > 0 && asked.every((name) => question[name] === 'pass' && isHeld(held, name))
}

describe('every question about every session', () => {
  it('is answered with yes only if all that is asked is held', () => {
    expect(SESSIONS.length * QUESTIONS.length).toBe(3 ** 10)
    const wrong: string[] = []
    let yes = 0
    for (const held of SESSIONS) {
      const { has } = authOf(held)
      for (const question of QUESTIONS) {
        const answer = has(paramsOf(question) as Parameters<typeof has>[0])
        if (answer) yes += 1
        if (answer !== isRight(held, question)) wrong.push(JSON.stringify([held, question]))
      }
    }
    expect(wrong.slice(0, 5)).toEqual([])
    expect(yes).toBeGreaterThan(500)
  })

  // What else an object of options may hold does not weaken a condition in it.
  // oxfmt-ignore
  it.each([
    ['nothing else',                {}],
    ['unauthorizedUrl',             { unauthorizedUrl: '/no' }],
    ['unauthenticatedUrl',          { unauthenticatedUrl: '/in' }],
    ['both addresses',              { unauthorizedUrl: '/no', unauthenticatedUrl: '/in' }],
    ['addresses that are empty',    { unauthorizedUrl: '', unauthenticatedUrl: undefined }],
    ['a check that passes',         { has: () => true }],
  ])('is answered alike by protect() beside %s', (_, beside) => {
    const wrong: string[] = []
    for (const held of SESSIONS) {
      const auth = authOf(held)
      // One question of each number and kind is enough here.
      for (const question of QUESTIONS.filter((_, index) => index % 5 === 0)) {
        const conditions = paramsOf(question)
        const isAsked = Object.keys(conditions).length > 0
        const outcome = protect(auth, {
          kind: 'api',
          reason: null,
          signInUrl: () => '/sign-in',
          params: { ...conditions, ...beside } as Parameters<typeof protect>[1]['params'],
        })
        const expected = !isAsked || isRight(held, question)
        if ((outcome.type === 'allow') !== expected) wrong.push(JSON.stringify([held, question]))
      }
    }
    expect(wrong.slice(0, 5)).toEqual([])
  })
})

describe('a role', () => {
  const { has } = authOf({
    role: 'held',
    permission: 'held',
    feature: 'held',
    plan: 'held',
    reverification: 'held',
  })
  // oxfmt-ignore
  it.each([
    ['org:admin', true], ['admin', true],
    ['org:Admin', false], ['ORG:admin', false], ['org:admin ', false], [' org:admin', false], ['org:administrator', false], ['org:adm', false],
    ['org:', false], ['', false], ['org:\u0430dmin', false], ['org:admin\0', false], ['org:admin\n', false], ['user:admin', false],
  ])('%j is held by an admin: %s', (role, isTheirs) => {
    expect(has({ role })).toBe(isTheirs)
  })

  // oxfmt-ignore
  it.each([
    [{}], [null], [undefined], [[]], ['org:admin'], [0], [true], [() => true], [{ role: undefined }], [{ role: null }], [{ role: ['org:admin'] }],
    [{ role: { toString: () => 'org:admin' } }], [{ rol: 'org:admin' }], [{ Role: 'org:admin' }], [{ role: 'org:admin', permision: 'x' }],
    [{ role: 'org:admin', unauthorizedUrl: '/no' }], [Object.create({ role: 'org:admin' })], [new Map([['role', 'org:admin']])],
  ])('is not held by a question like %o', (question) => {
    expect(has(question as Parameters<typeof has>[0])).toBe(false)
  })
})
