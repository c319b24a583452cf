import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  type AuthorizationFacts,
  type AuthorizationParams,
  isAuthorized,
  withOrgPrefix,
} from './has.ts'

const FACTS: AuthorizationFacts = {
  userId: 'user_1',
  orgId: 'org_1',
  orgRole: 'org:admin',
  orgPermissions: ['org:invoices:create', 'org:docs:read'],
  factorVerificationAge: [5, 8],
  features: 'o:billing,u:beta,ou:chat',
  plans: 'o:gold,u:pro',
}

/** Each condition: asked so that it holds, so that it does not, and in a way that means nothing. */
const ASKED = {
  role: { holds: 'org:admin', fails: 'org:owner', malformed: ['org:admin'] },
  permission: { holds: 'org:docs:read', fails: 'org:docs:write', malformed: {} },
  feature: { holds: 'billing', fails: 'sso', malformed: 5 },
  plan: { holds: 'org:gold', fails: 'org:silver', malformed: null },
  reverification: {
    holds: 'strict',
    fails: { level: 'first_factor', afterMinutes: 5 },
    malformed: 'x',
  },
} as const
const NAMES = Object.keys(ASKED) as readonly (keyof typeof ASKED)[]
const WAYS = ['holds', 'fails', 'malformed', 'undefined', 'absent'] as const

type Question = Partial<Record<keyof typeof ASKED, (typeof WAYS)[number]>>

const ALL = NAMES.reduce<readonly Question[]>(
  (questions, name) =>
    questions.flatMap((question) => WAYS.map((way) => ({ ...question, [name]: way }))),
  [{}],
)

function ask(question: Question): boolean {
  const params = NAMES.flatMap((name) => {
    const way = question[name]
    if (way === undefined || way === 'absent') return []
    return [[name, way === 'undefined' ? undefined : ASKED[name][way]] as const]
  })
  return isAuthorized(FACTS, Object.fromEntries(params))
}

describe('isAuthorized', () => {
  it('allows exactly when something is asked and everything that is asked holds', () => {
    expect(ALL).toHaveLength(5 ** 5)
    const wrong = ALL.filter((question) => {
      const asked = Object.values(question).filter((way) => way !== 'undefined' && way !== 'absent')
      return ask(question) !== (asked.length > 0 && asked.every((way) => way === 'holds'))
    })
    expect(wrong).toEqual([])
  })

  it.each([{}, null, undefined, 'org:admin', 5, [], { rol: 'org:admin' }, { __proto__: null }])(
    'denies when it is asked %j',
    (params) => {
      expect(isAuthorized(FACTS, params)).toBe(false)
    },
  )

  it('denies a condition that it does not know, whatever stands beside it', () => {
    expect(isAuthorized(FACTS, { role: 'org:admin', team: 'x' })).toBe(false)
    expect(isAuthorized(FACTS, { role: 'org:admin', constructor: 'x' })).toBe(false)
    expect(isAuthorized(FACTS, JSON.parse('{"role":"org:admin","__proto__":1}'))).toBe(false)
  })

  // oxfmt-ignore
  it.each([
    ['nobody is signed in',         { userId: null },                       { role: 'org:admin' }],
    ['nobody is signed in, and a feature is asked', { userId: '' },         { feature: 'billing' }],
    ['there is no organization',    { orgId: undefined },                   { role: 'org:admin' }],
    ['there is no organization, and a permission is asked', { orgId: null }, { permission: 'org:docs:read' }],
    ['there is no role',            { orgRole: undefined },                 { role: 'org:admin' }],
    ['the role is empty',           { orgRole: '' },                        { role: '' }],
    ['there are no permissions',    { orgPermissions: undefined },          { permission: 'org:docs:read' }],
    ['the permissions are text',    { orgPermissions: 'org:docs:read' },    { permission: 'org:docs:read' }],
    ['there are no features',       { features: undefined },                { feature: 'billing' }],
    ['there are no plans',          { plans: '' },                          { plan: 'gold' }],
    ['there is no age',             { factorVerificationAge: null },        { reverification: 'lax' }],
  ])('denies when %s', (_, facts, params) => {
    expect(isAuthorized({ ...FACTS, ...facts } as AuthorizationFacts, params)).toBe(false)
  })

  // oxfmt-ignore
  it.each([
    ['org:admin',   'org:admin',      true],
    ['admin',       'org:admin',      true],
    ['org:admin',   'admin',          true],
    ['org:org:admin', 'org:admin',    true],
    ['org:Admin',   'org:admin',      false],
    ['org:admin ',  'org:admin',      false],
    ['org:administrator', 'org:admin', false],
    ['org:',        'org:admin',      false],
  ])('asked for the role %j of a user with %j: %s', (role, orgRole, expected) => {
    expect(isAuthorized({ ...FACTS, orgRole }, { role })).toBe(expected)
  })

  it('compares a permission with the list as it is', () => {
    expect(isAuthorized(FACTS, { permission: 'invoices:create' })).toBe(true)
    expect(
      isAuthorized({ ...FACTS, orgPermissions: ['docs:read'] }, { permission: 'docs:read' }),
    ).toBe(false)
    expect(isAuthorized({ ...FACTS, orgPermissions: [] }, { permission: 'org:docs:read' })).toBe(
      false,
    )
    expect(isAuthorized(FACTS, { permission: 'org:sys_memberships:manage' })).toBe(false)
  })

  // oxfmt-ignore
  it.each([
    ['billing',              'o:billing',            true],
    ['org:billing',          'o:billing',            true],
    ['o:billing',            'o:billing',            true],
    ['organization:billing', 'o:billing',            true],
    ['user:billing',         'o:billing',            false],
    ['u:beta',               'u:beta',               true],
    ['user:beta',            'u:beta',               true],
    ['org:beta',             'u:beta',               false],
    ['org:chat',             'ou:chat',              true],
    ['user:chat',            'uo:chat',              true],
    ['team:chat',            'ou:chat',              false],
    ['__proto__:chat',       'ou:chat',              false],
    ['a:b:chat',             'ou:chat',              false],
    ['org:',                 'o:',                   false],
    ['chat',                 'x:chat',               false],
    ['chat',                 'x:other,o:chat',       true],
    ['chat',                 'chat',                 false],
    ['chat',                 'o:chat,malformed',     false],
    ['chat',                 ' o:chat , u:x',        true],
    ['chat',                 ',',                    false],
  ])('asked for the feature %j where there is %j: %s', (feature, features, expected) => {
    expect(isAuthorized({ ...FACTS, features }, { feature })).toBe(expected)
    expect(isAuthorized({ ...FACTS, plans: features }, { plan: feature })).toBe(expected)
  })

  // oxfmt-ignore
  it.each([
    // first factor
    ['first_factor',  10, [9, -1],    true],
    ['first_factor',  10, [10, -1],   false],
    ['first_factor',  10, [-1, 0],    false],
    ['first_factor',  10, [0, 99],    true],
    // second factor, or the first where there is no second
    ['second_factor', 10, [99, 9],    true],
    ['second_factor', 10, [0, 10],    false],
    ['second_factor', 10, [9, -1],    true],
    ['second_factor', 10, [10, -1],   false],
    ['second_factor', 10, [-1, 9],    true],
    // both, as far as there are two
    ['multi_factor',  10, [9, 9],     true],
    ['multi_factor',  10, [9, 10],    false],
    ['multi_factor',  10, [10, 9],    false],
    ['multi_factor',  10, [9, -1],    true],
    ['multi_factor',  10, [10, -1],   false],
    ['multi_factor',  10, [-1, 9],    false],
    // ages that are none
    ['first_factor',  10, [-1, -1],   false],
    ['second_factor', 10, [-1, -1],   false],
    ['first_factor',  10, [-2, 0],    false],
    ['first_factor',  10, [Number.NaN, 0], false],
    ['first_factor',  10, ['0', 0],   false],
    ['first_factor',  10, [0],        false],
    ['first_factor',  10, [0, 0, 0],  false],
    ['first_factor',  10, '00',       false],
    // policies that are none
    ['third_factor',  10, [0, 0],     false],
    ['first_factor',  0,  [0, 0],     false],
    ['first_factor',  -1, [0, 0],     false],
    ['first_factor',  Number.POSITIVE_INFINITY, [0, 0], false],
    ['first_factor',  '10', [0, 0],   false],
  ])('asked for %s within %s minutes of %j: %s', (level, afterMinutes, age, expected) => {
    const facts = { ...FACTS, factorVerificationAge: age } as unknown as AuthorizationFacts
    expect(isAuthorized(facts, { reverification: { level, afterMinutes } })).toBe(expected)
  })

  // oxfmt-ignore
  it.each([
    ['strict_mfa', [9, 9],       true],
    ['strict_mfa', [10, 9],      false],
    ['strict',     [99, 9],      true],
    ['strict',     [0, 10],      false],
    ['moderate',   [99, 59],     true],
    ['moderate',   [0, 60],      false],
    ['lax',        [9999, 1439], true],
    ['lax',        [0, 1440],    false],
    ['toString',   [0, 0],       false],
  ])('asked for the policy %s of %j: %s', (reverification, age, expected) => {
    const facts = { ...FACTS, factorVerificationAge: age } as unknown as AuthorizationFacts
    expect(isAuthorized(facts, { reverification })).toBe(expected)
  })

  it('does not let a system permission be asked for', () => {
    expectTypeOf<{ permission: 'org:docs:read' }>().toExtend<AuthorizationParams<'org:docs:read'>>()
    expectTypeOf<
      AuthorizationParams<'org:sys_memberships:manage'>['permission']
    >().toEqualTypeOf<undefined>()
  })
})

describe('withOrgPrefix', () => {
  it.each([
    ['admin', 'org:admin'],
    ['org:admin', 'org:admin'],
    ['org:org:admin', 'org:admin'],
    ['organization', 'org:organization'],
    ['', 'org:'],
  ])('%j becomes %j', (value, expected) => {
    expect(withOrgPrefix(value)).toBe(expected)
  })
})
