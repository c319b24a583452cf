// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clerk } from './clerk.ts'
import { closePages, cookie, openPage, settle, visit, type Page } from './page.test-server.ts'

beforeEach(() => visit('http://localhost:3000/'))
afterEach(closePages)

/** Random numbers that are the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface World extends Page {
  readonly tabs: readonly [Clerk, Clerk]
  readonly random: () => number
}

/** Two tabs whose requests take between no time and most of a second. */
function openWorld(seed: number): World {
  const page = openPage()
  const random = randomFrom(seed)
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await page.identity.fetch(input as string, init)
    const delay = random() * 800
    if (random() < 0.7) {
      await new Promise<void>((resolve) => page.clock.setTimeout(resolve, delay))
    }
    return response
  }
  return { ...page, random, tabs: [page.open({ fetch }), page.open({ fetch })] }
}

async function signIn(tab: Clerk): Promise<void> {
  const attempt = await tab.client?.signIn.create({ identifier: 'ada@example.com' })
  await attempt?.attemptFirstFactor({ strategy: 'password', password: 'right' })
  await tab.setActive({ session: attempt?.createdSessionId })
}

const EVENTS: Readonly<Record<string, (world: World, tab: Clerk) => unknown>> = {
  'somebody signs in': (_, tab) => signIn(tab),
  'somebody signs out': (_, tab) => tab.signOut(() => undefined),
  'an administrator ends all sessions': ({ identity }) => identity.endAll(),
  'the network goes': ({ identity }) => void (identity.isOffline = true),
  'the network comes': ({ identity }) => void (identity.isOffline = false),
  'the page is looked at': () => window.dispatchEvent(new Event('focus')),
  'a token is needed': (_, tab) => tab.session?.getToken({ skipCache: true }),
  'time passes': ({ clock, random }) => clock.advance(random() * 60_000),
}

/** Lets time pass until a promise is done. */
async function until({ clock }: World, promise: Promise<unknown>): Promise<void> {
  let isDone = false
  void promise.finally(() => {
    isDone = true
  })
  while (!isDone) await clock.advance(500)
}

async function play(world: World): Promise<string[]> {
  const { tabs, clock, random } = world
  await until(world, Promise.all(tabs.map((tab) => tab.load())))
  const names = Object.keys(EVENTS)
  const story: string[] = []
  for (let step = 0; step < 12; step++) {
    const name = names[Math.floor(random() * names.length)] ?? ''
    story.push(name)
    const event = EVENTS[name]?.(world, random() < 0.5 ? tabs[0] : tabs[1])
    // What fails for want of a network fails in front of the person, not here.
    if (name !== 'time passes') void Promise.resolve(event).catch(() => undefined)
    else await event
    await clock.advance(random() * 1_500)
  }
  return story
}

/** The network is there, two minutes pass, and both pages are looked at. */
async function calmDown({ identity, clock }: World): Promise<void> {
  identity.isOffline = false
  await clock.advance(120_000)
  for (let look = 0; look < 2; look++) {
    window.dispatchEvent(new Event('focus'))
    await clock.advance(6_000)
    await settle()
  }
  await clock.advance(20_000)
}

describe('once all is quiet', () => {
  it.each(Array.from({ length: 60 }, (_, index) => index + 1))(
    'tabs and cookies agree with the server, whatever happened (story %i)',
    async (seed) => {
      const world = openWorld(seed)
      const story = await play(world)
      await calmDown(world)

      const live = world.identity.client?.sessions.map(({ id }) => id) ?? []
      const jwt = cookie('__session')
      const claims =
        jwt && (JSON.parse(atob(jwt.split('.')[1] ?? '')) as { sid: string; exp: number })
      const seen = {
        story,
        tabs: world.tabs.map(({ session }) => session && live.includes(session.id)),
        cookie: claims && live.includes(claims.sid) && claims.exp * 1000 > world.clock.now(),
        clientUat: cookie('__client_uat') !== '0',
      }
      const isSomebody = live.length > 0
      expect(seen).toEqual({
        story,
        tabs: isSomebody ? [true, true] : [null, null],
        cookie: isSomebody ? true : undefined,
        clientUat: isSomebody,
      })
    },
  )
})
