/** `@clerk/backend` from npm, as published, against the Backend API. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { admission } from './admission.ts'
import { applications } from './applications.ts'
import { factors } from './factors.ts'
import { organizations } from './organizations.ts'
import { requests } from './requests.ts'
import { sessions } from './sessions.ts'
import { settings } from './settings.ts'
import { UNSERVED } from './unserved.ts'
import { users } from './users.ts'
import { methodsOf, startWorld, type Version, type World } from './world.ts'

const CASES = {
  users,
  factors,
  admission,
  settings,
  organizations,
  sessions,
  requests,
  applications,
} as const

describe.each<Version>([1, 3])('@clerk/backend %d', (version) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(version)
  })
  afterAll(() => world.close())

  for (const [group, cases] of Object.entries(CASES)) {
    const tried = cases.filter(({ since }) => since === undefined || since <= version)
    it.each(tried)(`${group}: $title`, async ({ run }) => {
      expect.hasAssertions()
      await run(world)
    })
  }

  it('has no method that was not tried, but for what the server does not serve', () => {
    const untried = methodsOf(world.client).filter((name) => !world.called.has(name))
    expect(untried.filter((name) => !isUnserved(name))).toEqual([])
    expect([...world.called].filter(isUnserved)).toEqual([])
  })
})

function isUnserved(name: string): boolean {
  return Object.hasOwn(UNSERVED, name) || Object.hasOwn(UNSERVED, `${name.split('.')[0]}.*`)
}
