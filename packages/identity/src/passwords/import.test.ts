import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { DatabaseHandle } from '../database/database.ts'
import { users } from '../database/schema.ts'
import { openTestDatabases } from '../testing/database.ts'
import { openTestServer, type TestServer } from '../testing/server.ts'

let databases: readonly DatabaseHandle[]
let server: TestServer
beforeAll(async () => {
  databases = await openTestDatabases()
  server = await openTestServer(databases)
})
afterAll(() => server.close())

const ADA = 'ada@example.com'
const PASSWORD = 'correct horse'
const BCRYPT = '$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2'

async function importUser(digest: string, hasher: string) {
  const instance = await server.addInstance()
  const answer = await instance.call('POST', '/users', {
    email_address: [ADA],
    password_digest: digest,
    password_hasher: hasher,
  })
  return { instance, answer, id: answer.body.id as string }
}

/** What is stored: nothing that any answer shows. */
async function digestOf(id: string): Promise<string | null | undefined> {
  const [row] = (await databases[0]?.database.select().from(users).where(eq(users.id, id))) ?? []
  return row?.passwordDigest
}

describe('a user who came with a digest from elsewhere', () => {
  it('signs in with their password, whose digest is then one of ours', async () => {
    const { instance, answer, id } = await importUser(BCRYPT, 'bcrypt')
    expect(answer.body).toMatchObject({ password_enabled: true })
    expect(JSON.stringify(answer.body)).not.toContain('$2b$')
    expect(await digestOf(id)).toBe(`{bcrypt}${BCRYPT}`)
    for (let time = 0; time < 2; time++) {
      const browser = await instance.openBrowser()
      const wrong = await browser.post('/client/sign_ins', { identifier: ADA, password: 'wrong' })
      expect(wrong.body.errors[0].code).toBe('form_password_incorrect')
      const right = await browser.post('/client/sign_ins', { identifier: ADA, password: PASSWORD })
      expect(right.body.response.status).toBe('complete')
      expect(await digestOf(id)).toMatch(/^\$argon2id\$/)
    }
  })

  it('proves once more who they are with their password, whose digest is then one of ours', async () => {
    const { instance, id } = await importUser(BCRYPT, 'bcrypt')
    const browser = await instance.openBrowser()
    const begun = await browser.post('/client/sign_ins', {
      identifier: ADA,
      strategy: 'email_code',
    })
    const done = await browser.post(
      `/client/sign_ins/${begun.body.response.id}/attempt_first_factor`,
      { strategy: 'email_code', code: instance.codeOf(ADA) },
    )
    expect(await digestOf(id)).toMatch(/^\{bcrypt\}/)
    const path = `/client/sessions/${done.body.response.created_session_id}/verify`
    await browser.post(path, { level: 'first_factor' })
    const proven = await browser.post(`${path}/attempt_first_factor`, {
      strategy: 'password',
      password: PASSWORD,
    })
    expect(proven.body.response.status).toBe('complete')
    expect(await digestOf(id)).toMatch(/^\$argon2id\$/)
  })

  it('is checked for the application without being changed', async () => {
    const { instance, id } = await importUser('3cb4e732631f47e6eb961f34554b7cde', 'md5')
    const verify = async (password: string) =>
      instance.call('POST', `/users/${id}/verify_password`, { password })
    expect((await verify(PASSWORD)).body).toEqual({ verified: true })
    expect((await verify('wrong')).body.errors[0].code).toBe('incorrect_password')
    expect(await digestOf(id)).toMatch(/^\{md5\}/)
  })

  it('keeps the password that was set while the old one was being checked', async () => {
    const { instance, id } = await importUser(BCRYPT, 'bcrypt')
    const browser = await instance.openBrowser()
    server.duringVerify = () => instance.call('PATCH', `/users/${id}`, { password: 'newer horse' })
    const late = await browser.post('/client/sign_ins', { identifier: ADA, password: PASSWORD })
    server.duringVerify = null
    expect(late.body.errors[0].code).toBe('form_password_incorrect')
    const again = await browser.post('/client/sign_ins', {
      identifier: ADA,
      password: 'newer horse',
    })
    expect(again.body.response.status).toBe('complete')
  })

  it('signs in from ten browsers at once, and has one digest', async () => {
    const { instance, id } = await importUser(BCRYPT, 'bcrypt')
    const browsers = await Promise.all(Array.from({ length: 10 }, () => instance.openBrowser()))
    const answers = await Promise.all(
      browsers.map((it) => it.post('/client/sign_ins', { identifier: ADA, password: PASSWORD })),
    )
    // Whoever comes second finds that the digest has changed, and asks again.
    for (const [index, { status }] of answers.entries()) {
      if (status === 200) continue
      const again = await browsers[index]?.post('/client/sign_ins', {
        identifier: ADA,
        password: PASSWORD,
      })
      expect(again?.body.response.status).toBe('complete')
    }
    expect(await digestOf(id)).toMatch(/^\$argon2id\$/)
  })

  it('gets a new digest on request, and signs in with its password', async () => {
    const { instance, id } = await importUser(BCRYPT, 'bcrypt')
    const changed = await instance.call('PATCH', `/users/${id}`, {
      password_digest: '5f4dcc3b5aa765d61d8327deb882cf99',
      password_hasher: 'md5',
    })
    expect(changed.status).toBe(200)
    const browser = await instance.openBrowser()
    const done = await browser.post('/client/sign_ins', { identifier: ADA, password: 'password' })
    expect(done.body.response.status).toBe('complete')
  })

  it.each([
    [{ password_digest: BCRYPT }, 'form_param_nil', 'password_hasher'],
    [
      { password_digest: BCRYPT, password_hasher: 'md5' },
      'form_password_digest_invalid_code',
      'password_digest',
    ],
    [
      { password_digest: BCRYPT.replace('$05$', '$31$'), password_hasher: 'bcrypt' },
      'form_password_digest_invalid_code',
      'password_digest',
    ],
    [
      { password_digest: 'awscognito#pool#client#ada', password_hasher: 'awscognito' },
      'form_param_value_invalid',
      'password_hasher',
    ],
  ])('is refused as %j', async (body, code, param) => {
    const instance = await server.addInstance()
    const answer = await instance.call('POST', '/users', { email_address: [ADA], ...body })
    expect(answer.status).toBe(422)
    expect(answer.body.errors[0]).toMatchObject({ code, meta: { param_name: param } })
    expect(JSON.stringify(answer.body)).not.toContain(BCRYPT)
    expect((await instance.call('GET', '/users/count')).body.total_count).toBe(0)
  })
})

describe('a new password', () => {
  const STRICT = {
    password_require_lowercase: true,
    password_require_uppercase: true,
    password_require_numbers: true,
    password_require_special_char: true,
  }

  it.each([
    ['x'.repeat(7), 'form_password_length_too_short'],
    ['x'.repeat(73), 'form_password_length_too_long'],
    ['x'.repeat(4097), 'form_password_size_in_bytes_exceeded'],
    ['\u{1f40e}'.repeat(7), 'form_password_length_too_short'],
    ['long enough\0', 'form_param_format_invalid'],
    ['NO LOWER CASE 1', 'form_password_no_lowercase'],
    ['no upper case 1!', 'form_password_no_uppercase'],
    ['No digit at all!', 'form_password_no_number'],
    ['No special 1 character', 'form_password_no_special_char'],
  ])('is refused as %j: %s', async (password, code) => {
    const instance = await server.addInstance({ settings: STRICT })
    const answer = await instance.call('POST', '/users', { email_address: [ADA], password })
    expect(answer.status).toBe(422)
    expect(answer.body.errors[0].code).toBe(code)
  })

  it('may have 72 characters of four bytes each, and counts whole', async () => {
    const instance = await server.addInstance()
    const password = `${'\u{1f40e}'.repeat(71)}a`
    const { body: user } = await instance.call('POST', '/users', { email_address: [ADA], password })
    const path = `/users/${user.id}/verify_password`
    expect((await instance.call('POST', path, { password })).status).toBe(200)
    const other = `${'\u{1f40e}'.repeat(71)}b`
    expect((await instance.call('POST', path, { password: other })).status).toBe(422)
  })

  it('is told to the forms that ask for one', async () => {
    const instance = await server.addInstance({ settings: STRICT })
    const { body } = await (await instance.openBrowser()).get('/environment')
    expect(body.user_settings.password_settings).toMatchObject({
      require_lowercase: true,
      require_uppercase: true,
      require_numbers: true,
      require_special_char: true,
    })
    expect(body.user_settings.password_settings.allowed_special_characters).toContain('!')
  })
})
