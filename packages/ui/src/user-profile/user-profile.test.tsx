// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEnvironment, createFakeClerk, USER, type FakeClerk } from '../clerk.test-double.ts'
import {
  alertText,
  atStep,
  button,
  clearPage,
  descriptionOf,
  field,
  preparePage,
  press,
  show,
  submit,
  type,
  until,
} from '../page.test-driver.ts'

const ADDRESS = {
  id: 'idn_1',
  emailAddress: 'ada@example.com',
  verification: { status: 'verified' },
}
const OTHER = { id: 'idn_2', emailAddress: 'ada@work.example', verification: { status: null } }

let fake: FakeClerk

beforeEach(() => {
  preparePage()
  signIn()
})

afterEach(() => {
  clearPage()
  history.replaceState(null, '', '/')
})

function signIn(user: object = {}, settings: Parameters<typeof createEnvironment>[0] = {}): void {
  fake = createFakeClerk(createEnvironment(settings))
  fake.change({
    session: { id: 'sess_1' },
    user: {
      ...USER,
      firstName: 'Ada',
      lastName: 'Lovelace',
      passwordEnabled: true,
      deleteSelfEnabled: true,
      primaryEmailAddressId: 'idn_1',
      emailAddresses: [ADDRESS, OTHER],
      ...user,
    },
  })
}

async function open(tab: 'account' | 'security' = 'account'): Promise<void> {
  history.replaceState(null, '', `/user/${tab}`)
  show('UserProfile', fake)
  await atStep('Account')
}

const status = (): string =>
  [...document.querySelectorAll('output')].map((item) => item.textContent).join('')

describe('the profile', () => {
  it('is saved with what was typed, said aloud, and closed with the focus on its button', async () => {
    await open()
    button('Edit profile').click()
    await until(() => expect(document.activeElement).toBe(field('First name')))
    type(field('First name'), 'Augusta')
    submit()
    await until(() => expect(status()).toContain('Your profile was saved.'))
    expect(fake.api.changes).toEqual(['PATCH /me {"firstName":"Augusta","lastName":"Lovelace"}'])
    await until(() => expect(document.activeElement).toBe(button('Edit profile')))
  })

  it('asks for the username where the instance has those, and shows refusals at the field', async () => {
    signIn({ username: 'ada' }, { attributes: { username: { enabled: true, required: true } } })
    await open()
    button('Edit profile').click()
    await until(() => expect(field('Username').value).toBe('ada'))
    fake.api.refuse('PATCH /me', 'form_identifier_exists', 'username')
    submit()
    await until(() => expect(descriptionOf(field('Username'))).toContain('taken'))
    await until(() => expect(document.activeElement).toBe(field('Username')))
  })

  it('closes with Escape and changes nothing', async () => {
    await open()
    button('Edit profile').click()
    await until(() => field('First name'))
    await until(() => {
      press(document.activeElement, 'Escape')
      expect(document.querySelector('form')).toBeNull()
    })
    expect(fake.api.changes).toEqual([])
  })
})

describe('an address', () => {
  it('that is added is proven by the code that was sent to it', async () => {
    fake.api.answers['POST /me/email_addresses/'] = { id: 'idn_3', email_address: 'a@b.example' }
    await open()
    button('Add an email address').click()
    await until(() => field('Email address'))
    type(field('Email address'), 'a@b.example')
    submit()
    await until(() => expect(fake.api.changes).toHaveLength(2))
    type(field('Verification code'), '424242')
    await until(() => expect(status()).toContain('a@b.example is verified.'))
    expect(fake.api.changes).toEqual([
      'POST /me/email_addresses/ {"emailAddress":"a@b.example"}',
      'POST /me/email_addresses/idn_3/prepare_verification {"strategy":"email_code"}',
      'POST /me/email_addresses/idn_3/attempt_verification {"code":"424242"}',
    ])
  })

  it('can be made primary once it is verified, and not before', async () => {
    await open()
    expect(() => button('Make ada@work.example primary')).toThrow('no button')
    const verified = { ...OTHER, verification: { status: 'verified' } }
    fake.change({ user: { ...fake.clerk.user, emailAddresses: [ADDRESS, verified] } })
    await until(() => button('Make ada@work.example primary').click())
    await until(() =>
      expect(fake.api.changes).toEqual(['PATCH /me {"primaryEmailAddressId":"idn_2"}']),
    )
  })

  it('is removed after a second press', async () => {
    await open()
    button('Remove ada@work.example').click()
    await until(() => expect(document.querySelector('form')).not.toBeNull())
    expect(fake.api.changes).toEqual([])
    submit()
    await until(() => expect(fake.api.changes).toEqual(['DELETE /me/email_addresses/idn_2']))
  })
})

describe('the password', () => {
  it('is changed with the current one, other devices being signed out', async () => {
    await open('security')
    button('Change password').click()
    await until(() => field('Current password'))
    type(field('Current password'), 'correct horse')
    type(field('New password'), 'battery staple')
    submit()
    await until(() => expect(status()).toContain('Your password was saved.'))
    expect(fake.api.changes).toEqual([
      'POST /me/change_password {"currentPassword":"correct horse","newPassword":"battery staple","signOutOfOtherSessions":"true"}',
    ])
  })

  it('is set without one where there is none', async () => {
    signIn({ passwordEnabled: false })
    await open('security')
    button('Set a password').click()
    await until(() => field('New password'))
    expect(() => field('Current password')).toThrow('no field')
  })

  it('is removed only where the instance can do without', async () => {
    await open('security')
    expect(() => button('Remove password')).toThrow('no button')
    clearPage()
    signIn({}, { attributes: { password: { enabled: true, required: false } } })
    await open('security')
    expect(button('Remove password')).toBeDefined()
  })
})

describe('devices', () => {
  it('are listed, and the others can be signed out', async () => {
    const last_active_at = 0
    fake.api.answers['GET /me/sessions/active'] = [
      { id: 'sess_1', last_active_at, latest_activity: { browser_name: 'Chrome' } },
      { id: 'sess_2', last_active_at, latest_activity: { browser_name: 'Firefox' } },
    ]
    await open('security')
    await until(() => button('Sign out of Firefox').click())
    expect(() => button('Sign out of Chrome')).toThrow('no button')
    await until(() => expect(fake.api.changes).toEqual(['POST /me/sessions/sess_2/revoke']))
  })

  it('say why they are not shown', async () => {
    fake.api.refuse('GET /me/sessions/active', 'too_many_requests')
    await open('security')
    await until(() => expect(alertText()).toContain('Too many attempts'))
  })
})

describe('deleting the account', () => {
  it('takes the words to be typed', async () => {
    await open('security')
    button('Delete account').click()
    const phrase = 'Type “Delete account” to confirm'
    await until(() => field(phrase))
    type(field(phrase), 'delete')
    submit()
    await until(() => expect(descriptionOf(field(phrase))).toContain('differs'))
    expect(fake.api.changes).toEqual([])
    type(field(phrase), 'Delete account')
    submit()
    await until(() => expect(fake.calls.navigate).toHaveBeenCalledTimes(1))
    expect(fake.api.changes).toEqual(['DELETE /me'])
  })

  it('is not offered where users may not', async () => {
    signIn({ deleteSelfEnabled: false })
    await open('security')
    expect(() => button('Delete account')).toThrow('no button')
  })
})

describe('proof', () => {
  const VERIFY = 'POST /client/sessions/sess_1/verify'

  beforeEach(async () => {
    fake.api.answers[VERIFY] = {
      status: 'needs_first_factor',
      supported_first_factors: [
        { strategy: 'password' },
        { strategy: 'email_code', email_address_id: 'idn_1', safe_identifier: 'a@b.example' },
      ],
    }
    fake.api.refuse('DELETE /me/email_addresses/idn_2', 'session_reverification_required')
    await open()
    button('Remove ada@work.example').click()
    await until(() => button('Cancel'))
    submit()
    await until(() => field('Password'))
  })

  it('is asked for where the server wants it, and the call repeated after it', async () => {
    type(field('Password'), 'correct horse')
    document.querySelector<HTMLFormElement>('dialog form')?.requestSubmit()
    await until(() => expect(status()).toContain('was removed'))
    expect(fake.api.changes).toEqual([
      'DELETE /me/email_addresses/idn_2',
      `${VERIFY} {"level":"first_factor"}`,
      `${VERIFY}/attempt_first_factor {"strategy":"password","password":"correct horse"}`,
      'DELETE /me/email_addresses/idn_2',
    ])
    expect(fake.calls.setActive).toHaveBeenCalledWith({ session: 'sess_1' })
    expect(document.querySelector('dialog')).toBeNull()
  })

  it('may be a code that is sent', async () => {
    button('Use a code by email').click()
    await until(() => field('Verification code'))
    type(field('Verification code'), '424242')
    await until(() => expect(status()).toContain('was removed'))
    expect(fake.api.changes).toContain(
      `${VERIFY}/prepare_first_factor {"strategy":"email_code","emailAddressId":"idn_1"}`,
    )
  })

  it('that is refused leaves everything as it was', async () => {
    button('Close').click()
    await until(() => expect(document.querySelector('dialog')).toBeNull())
    expect(fake.api.changes).toHaveLength(2)
    expect(alertText()).toBe('')
  })
})
