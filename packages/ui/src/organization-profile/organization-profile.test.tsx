// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEnvironment, createFakeClerk, USER, type FakeClerk } from '../clerk.test-double.ts'
import {
  atStep,
  button,
  clearPage,
  field,
  preparePage,
  rest,
  show,
  submit,
  type,
  until,
} from '../page.test-driver.ts'

const ALL = [
  'org:sys_profile:manage',
  'org:sys_profile:delete',
  'org:sys_memberships:read',
  'org:sys_memberships:manage',
]
const ACME = { id: 'org_1', name: 'Acme', slug: 'acme', image_url: '', has_image: false }
const ROLES = [
  { id: 'role_1', key: 'org:admin', name: 'Admin' },
  { id: 'role_2', key: 'org:member', name: 'Member' },
]
const BOB = { user_id: 'user_2', first_name: 'Bob', last_name: null, identifier: 'bob@b.example' }

let fake: FakeClerk

beforeEach(() => {
  preparePage()
  enter(ALL)
})

afterEach(() => {
  clearPage()
  history.replaceState(null, '', '/')
})

/** Signs in as a member of Acme with these permissions, Acme being active. */
function enter(permissions: readonly string[], active: string | null = 'org_1'): void {
  fake = createFakeClerk(createEnvironment())
  const membership = { id: 'orgmem_1', organization: ACME, role: 'org:admin', permissions }
  const user = { ...USER, createOrganizationEnabled: true, organizationMemberships: [membership] }
  fake.change({ user, session: { id: 'sess_1', lastActiveOrganizationId: active, user } })
  fake.api.answers['GET /organizations/org_1/roles'] = { data: ROLES, total_count: 2 }
  fake.api.answers['GET /organizations/org_1/memberships'] = {
    data: [{ id: 'orgmem_2', role: 'org:member', public_user_data: BOB }],
    total_count: 1,
  }
}

async function open(tab: 'general' | 'members' = 'general'): Promise<void> {
  history.replaceState(null, '', `/organization/${tab}`)
  show('OrganizationProfile', fake)
  await atStep('Acme')
}

describe('an organization', () => {
  it('is renamed by those who may', async () => {
    await open()
    button('Edit profile').click()
    await until(() => expect(field('Slug').value).toBe('acme'))
    type(field('Name'), 'Acme Ltd')
    submit()
    await until(() =>
      expect(fake.api.changes).toEqual([
        'PATCH /organizations/org_1 {"name":"Acme Ltd","slug":"acme"}',
      ]),
    )
  })

  it('is shown to others without anything to change', async () => {
    enter([])
    await open()
    for (const name of ['Edit profile', 'Upload a picture', 'Delete organization', 'Members']) {
      expect(() => button(name)).toThrow('no button')
    }
    expect(button('Leave organization')).toBeDefined()
  })

  it.each([
    ['Leave organization', 'DELETE /me/organization_memberships/org_1'],
    ['Delete organization', 'DELETE /organizations/org_1'],
  ])('takes its name to be typed: %s', async (name, call) => {
    await open()
    button(name).click()
    await until(() => field('Type “Acme” to confirm'))
    type(field('Type “Acme” to confirm'), 'Acme')
    submit()
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledTimes(1))
    expect(fake.api.changes).toEqual([call])
  })

  it('has to be chosen where none is active', async () => {
    enter(ALL, null)
    show('OrganizationProfile', fake)
    await atStep('Choose an organization')
    button(/Acme/).click()
    await until(() => expect(fake.calls.setActive).toHaveBeenCalledWith({ organization: 'org_1' }))
  })
})

describe('members', () => {
  it('get other roles from those the server has, and are removed after a second press', async () => {
    await open('members')
    const select = await found(() => document.querySelector('select'))
    expect([...select.options].map(({ text }) => text)).toEqual(['Admin', 'Member'])
    select.value = 'org:admin'
    select.dispatchEvent(new Event('change', { bubbles: true }))
    await until(() =>
      expect(fake.api.changes).toEqual([
        'PATCH /organizations/org_1/memberships/user_2 {"role":"org:admin"}',
      ]),
    )
    button('Remove Bob').click()
    await until(() => expect(document.querySelector('form')).not.toBeNull())
    submit()
    await until(() =>
      expect(fake.api.changes[1]).toBe('DELETE /organizations/org_1/memberships/user_2'),
    )
  })

  it('say why a role was not changed', async () => {
    const call = 'PATCH /organizations/org_1/memberships/user_2'
    fake.api.refuse(call, 'organization_minimum_permissions_needed')
    await open('members')
    const select = await found(() => document.querySelector('select'))
    select.value = 'org:admin'
    select.dispatchEvent(new Event('change', { bubbles: true }))
    await until(() => expect(alertsText()).toContain('at least one admin'))
    expect(document.querySelector('select')?.value).toBe('org:member')
  })

  it('are only shown to those who may read', async () => {
    enter(['org:sys_memberships:read'])
    await open('members')
    await until(() => expect(document.body.textContent).toContain('bob@b.example'))
    await rest()
    expect(document.querySelector('select')).toBeNull()
    expect(() => button('Remove Bob')).toThrow('no button')
    expect(() => button('Invite people')).toThrow('no button')
  })

  it('are invited several at once, and invitations are revoked', async () => {
    const pending = { id: 'orginv_1', email_address: 'c@c.example', role: 'org:member' }
    fake.api.answers['GET /organizations/org_1/invitations'] = { data: [pending], total_count: 1 }
    await open('members')
    button('Invite people').click()
    const area = await found(() => document.querySelector('textarea'))
    submit()
    await until(() => expect(area.getAttribute('aria-invalid')).toBe('true'))
    area.value = ' a@a.example,\nb@b.example '
    area.dispatchEvent(new Event('input', { bubbles: true }))
    await rest()
    submit()
    await until(() =>
      expect(fake.api.changes).toEqual([
        'POST /organizations/org_1/invitations/bulk {"emailAddress":["a@a.example","b@b.example"],"role":"org:member"}',
      ]),
    )
    await until(() => button('Revoke the invitation of c@c.example').click())
    await until(() =>
      expect(fake.api.changes[1]).toBe('POST /organizations/org_1/invitations/orginv_1/revoke'),
    )
  })
})

describe('creating an organization', () => {
  it('makes it the active one and offers to invite', async () => {
    fake.api.answers['POST /organizations'] = { ...ACME, id: 'org_2', name: 'New' }
    show('CreateOrganization', fake, { afterCreateOrganizationUrl: '/orgs/:slug' })
    await atStep('Create an organization')
    type(field('Name'), 'New')
    submit()
    await atStep('Invite people')
    expect(fake.api.changes).toEqual(['POST /organizations {"name":"New"}'])
    expect(fake.calls.setActive).toHaveBeenCalledWith({ organization: 'org_2' })
    button('Skip').click()
    await until(() => expect(fake.calls.navigate).toHaveBeenCalledWith('/orgs/acme'))
  })
})

describe('the list', () => {
  it('takes invitations and asks for what is suggested', async () => {
    const offer = { status: 'pending', public_organization_data: { ...ACME, name: 'Globex' } }
    fake.api.answers['GET /me/organization_invitations'] = {
      data: [{ ...offer, id: 'orginv_1' }],
      total_count: 1,
    }
    fake.api.answers['GET /me/organization_suggestions'] = {
      data: [{ ...offer, id: 'orgsug_1' }],
      total_count: 1,
    }
    show('OrganizationList', fake)
    await until(() => button('Join Globex').click())
    await until(() => button('Ask to join Globex').click())
    await until(() =>
      expect(fake.api.changes).toEqual([
        'POST /me/organization_invitations/orginv_1/accept',
        'POST /me/organization_suggestions/orgsug_1/accept',
      ]),
    )
  })
})

describe('the switcher', () => {
  it('goes to the personal account and opens the pages about organizations', async () => {
    show('OrganizationSwitcher', fake, { afterSelectPersonalUrl: '/me', defaultOpen: true })
    await until(() => expect(document.querySelector('[role="menu"]')).not.toBeNull())
    button('Manage organization').click()
    await until(() => expect(fake.calls.openOrganizationProfile).toHaveBeenCalledTimes(1))
    const opener = document.querySelector<HTMLElement>('[aria-haspopup="menu"]')
    opener?.click()
    await until(() => button(/Personal account$/).click())
    await until(() =>
      expect(fake.calls.setActive).toHaveBeenCalledWith({
        organization: null,
        redirectUrl: '/me',
      }),
    )
  })
})

function alertsText(): string {
  return [...document.querySelectorAll('[role="alert"]')].map((item) => item.textContent).join('')
}

async function found<E>(find: () => E | null): Promise<E> {
  await until(() => expect(find()).not.toBeNull())
  return find() as E
}
