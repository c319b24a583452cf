/** People in organizations, for tests. */

import type { SettingChanges } from '../index.ts'
import type { Answer, TestBrowser, TestInstance, TestServer } from './server.ts'

/** Somebody with a browser. */
export interface Person {
  readonly browser: TestBrowser
  readonly userId: string
  readonly sessionId: string
  readonly email: string
}

/** Opens an instance and signs people up, the first of whom creates an organization if there is one. */
export async function openOrganization(
  server: TestServer,
  options: {
    readonly settings?: SettingChanges
    readonly type?: 'development' | 'production'
    /** Roles of further members, by their names. */
    readonly members?: Readonly<Record<string, string>>
  } = {},
): Promise<{
  instance: TestInstance
  ada: Person
  orgId: string
  people: Readonly<Record<string, Person>>
  path: string
}> {
  const instance = await server.addInstance(options)
  const ada = await signUp(instance, 'ada')
  const created = await ada.browser.post('/organizations', { name: 'Acme' })
  const orgId = created.body.response.id as string
  const people: Record<string, Person> = { ada }
  for (const [name, role] of Object.entries(options.members ?? {})) {
    const person = await signUp(instance, name)
    people[name] = person
    await instance.call('POST', `/organizations/${orgId}/memberships`, {
      user_id: person.userId,
      role,
    })
  }
  return { instance, ada, orgId, people, path: `/organizations/${orgId}` }
}

/** Signs somebody up, in a browser of their own. */
export async function signUp(instance: TestInstance, name: string): Promise<Person> {
  const browser = await instance.openBrowser()
  const email = `${name}@example.com`
  const done = await browser.signUp(email)
  const { created_user_id: userId, created_session_id: sessionId } = done.body.response
  return { browser, userId, sessionId, email }
}

/** The code of the error that an answer is, or its status. */
export function codeOf(answer: Answer): string | number {
  return answer.body?.errors?.[0]?.code ?? answer.status
}
