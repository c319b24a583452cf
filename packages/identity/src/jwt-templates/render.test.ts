import { describe, expect, it } from 'vitest'

import { renderClaims, type Subject } from './render.ts'

const SUBJECT: Subject = {
  user: {
    id: 'user_1',
    firstName: 'Ada',
    lastName: null,
    username: null,
    externalId: 'legacy-1',
    primaryEmailAddress: 'ada@example.com',
    hasVerifiedEmailAddress: true,
    imageUrl: 'https://clerk.example.com/avatars/A-1.svg',
    hasImage: false,
    hasTwoFactors: false,
    createdAt: 1_700_000_000_999,
    updatedAt: 1_700_000_001_000,
    lastSignInAt: null,
    publicMetadata: {
      plan: { name: 'pro', seats: 3 },
      tags: ['a', 'b'],
      'with-dash': 1,
      trick: '{{user.id}}',
      off: false,
      zero: 0,
      empty: '',
    },
    unsafeMetadata: { theme: 'dark' },
    organizations: { org_1: 'org:admin' },
  },
  organization: null,
  session: { actor: null },
}

const MEMBER: Subject = {
  ...SUBJECT,
  organization: {
    id: 'org_1',
    name: 'Acme',
    slug: 'acme',
    role: 'org:admin',
    permissions: ['org:docs:read'],
    imageUrl: 'https://clerk.example.com/x.svg',
    hasImage: true,
    publicMetadata: { tier: { level: 2 } },
    membershipPublicMetadata: { team: 'core' },
  },
  session: { actor: { sub: 'user_admin' } },
}

const renderOne = (value: unknown, subject = SUBJECT): unknown =>
  renderClaims({ claim: value }, subject)['claim']

describe('a claim', () => {
  it.each<readonly [unknown, unknown]>([
    ['user', 'user'],
    [7, 7],
    [true, true],
    [null, null],
    [
      { a: ['{{user.id}}', { b: 'x' }], '{{user.id}}': 1 },
      { a: ['user_1', { b: 'x' }], '{{user.id}}': 1 },
    ],
    ['{ {user.id} }', '{ {user.id} }'],
    ['{{user.id', '{{user.id'],
  ])('that is no short code stays as it is: %j', (value, expected) => {
    expect(renderOne(value)).toEqual(expected)
  })

  it.each<readonly [string, unknown]>([
    ['user.id', 'user_1'],
    ['user.first_name', 'Ada'],
    ['user.last_name', null],
    ['user.full_name', 'Ada'],
    ['user.username', null],
    ['user.external_id', 'legacy-1'],
    ['user.primary_email_address', 'ada@example.com'],
    ['user.primary_phone_number', null],
    ['user.primary_web3_wallet', null],
    ['user.email_verified', true],
    ['user.phone_number_verified', false],
    ['user.image_url', 'https://clerk.example.com/avatars/A-1.svg'],
    ['user.profile_image_url', 'https://clerk.example.com/avatars/A-1.svg'],
    ['user.has_image', false],
    ['user.two_factor_enabled', false],
    ['user.created_at', 1_700_000_000],
    ['user.updated_at', 1_700_000_001],
    ['user.last_sign_in_at', null],
    ['user.public_metadata', SUBJECT.user.publicMetadata],
    ['user.public_metadata.plan', { name: 'pro', seats: 3 }],
    ['user.public_metadata.plan.name', 'pro'],
    ['user.public_metadata.plan.seats', 3],
    ['user.public_metadata.tags.1', 'b'],
    ['user.public_metadata.with-dash', 1],
    ['user.unsafe_metadata', { theme: 'dark' }],
    ['user.unsafe_metadata.theme', 'dark'],
    ['user.organizations', { org_1: 'org:admin' }],
    ['org.id', 'org_1'],
    ['org.name', 'Acme'],
    ['org.slug', 'acme'],
    ['org.role', 'org:admin'],
    ['org.image_url', 'https://clerk.example.com/x.svg'],
    ['org.has_image', true],
    ['org.public_metadata', { tier: { level: 2 } }],
    ['org.public_metadata.tier.level', 2],
    ['org_membership.public_metadata.team', 'core'],
    ['org_membership.permissions', ['org:docs:read']],
    ['session.actor', { sub: 'user_admin' }],
    ['session.actor.sub', 'user_admin'],
  ])('{{%s}} becomes the value, in its own type', (code, expected) => {
    expect(renderOne(`{{${code}}}`, MEMBER)).toEqual(expected)
    expect(renderOne(`{{ ${code} }}`, MEMBER)).toEqual(expected)
  })

  it.each([
    'user.private_metadata',
    'user.public_metadata.missing',
    'user.public_metadata.plan.name.length',
    'user.public_metadata.tags.length',
    'user.public_metadata.tags.2',
    'user.public_metadata.__proto__',
    'user.public_metadata.constructor.name',
    'user.public_metadata.',
    'user.password_digest',
    'user.passwordDigest',
    'user',
    'org.id',
    'org.public_metadata.tier',
    'org_membership.permissions',
    'session.actor',
    'session.actor.sub',
    '__proto__',
    'constructor',
    'toString.name',
    '',
    'user.id.x',
    'User.id',
  ])('{{%s}} is null, for there is no such value', (code) => {
    expect(renderOne(`{{${code}}}`)).toBeNull()
  })

  it.each<readonly [string, unknown]>([
    ['{{user.last_name}} {{user.first_name}}', 'null Ada'],
    ['id:{{user.id}}', 'id:user_1'],
    ['{{user.id}}{{user.created_at}}', 'user_11700000000'],
    ['{{user.email_verified}}!', 'true!'],
    ['plan={{user.public_metadata.plan}}', 'plan={"name":"pro","seats":3}'],
    ['$& {{user.id}} $1', '$& user_1 $1'],
  ])('%j has the values written into the text', (text, expected) => {
    expect(renderOne(text)).toBe(expected)
  })

  it.each<readonly [string, unknown]>([
    ["{{user.last_name || user.first_name || 'nobody'}}", 'Ada'],
    ["{{user.last_name || 'nobody'}}", 'nobody'],
    ['{{user.last_name || 30}}', 30],
    ['{{user.last_name || -1.5}}', -1.5],
    ['{{user.last_name || false}}', false],
    ['{{user.last_name||true}}', true],
    ['{{user.public_metadata.off || user.username}}', null],
    ['{{user.username || user.public_metadata.off}}', false],
    ['{{user.public_metadata.zero || 1}}', 0],
    ["{{user.public_metadata.empty || 'x'}}", ''],
    ["{{user.username || 'a || b }} c'}}", 'a || b }} c'],
    ["Hi {{user.username || 'you'}}", 'Hi you'],
  ])('%j takes the first value that is neither null nor false, else the last', (text, expected) => {
    expect(renderOne(text)).toBe(expected)
  })

  it('is filled in once: a short code inside a value stays text', () => {
    expect(renderOne('{{user.public_metadata.trick}}')).toBe('{{user.id}}')
    expect(renderOne('x{{user.public_metadata.trick}}')).toBe('x{{user.id}}')
  })

  it('named __proto__ is a claim like others, and changes no prototype', () => {
    const rendered = renderClaims(
      JSON.parse('{"__proto__":{"admin":true}}') as object as never,
      SUBJECT,
    )
    expect(Object.hasOwn(rendered, '__proto__')).toBe(true)
    expect(Object.getPrototypeOf(rendered)).toBe(Object.prototype)
  })

  it('takes no time however strange it is', () => {
    const started = performance.now()
    for (const part of ['{{', "{{'", '{{|', '{{user.', "'||'"]) renderOne(part.repeat(4000))
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
