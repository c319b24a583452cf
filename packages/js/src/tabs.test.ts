// @vitest-environment happy-dom
// oxlint-disable unicorn/require-post-message-target-origin -- channels have no target origin
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { closePages, cookie, openPage, settle, visit } from './page.test-server.ts'

beforeEach(() => {
  visit('http://localhost:3000/')
})
afterEach(closePages)

/** A window of the same browser that is not in front. */
function background(): Window & typeof globalThis {
  const behind = new Proxy(document, {
    get: (target, name) => {
      if (name === 'hasFocus') return () => false
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  })
  return {
    document: behind,
    location: window.location,
    history: window.history,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    BroadcastChannel: globalThis.BroadcastChannel,
  } as unknown as Window & typeof globalThis
}

/** Waits until whatever was sent on a channel so far has arrived. */
async function delivered(name: string): Promise<void> {
  const [from, to] = [new BroadcastChannel(name), new BroadcastChannel(name)]
  await new Promise((resolve) => {
    to.addEventListener('message', resolve)
    from.postMessage({ type: 'mark' })
  })
  from.close()
  to.close()
  await settle()
}

describe('two tabs', () => {
  it('sign out together', async () => {
    const { clerk, identity, open } = openPage()
    identity.signIn()
    const other = open({ window: background() })
    await Promise.all([clerk.load(), other.load()])
    expect(other.isSignedIn).toBe(true)

    await clerk.signOut(() => undefined)
    await vi.waitFor(() => expect(other.session).toBeNull())
    expect(cookie('__session')).toBeUndefined()
  })

  it('do not sign out because one of them says so: the server decides', async () => {
    const { clerk, identity } = openPage()
    identity.signIn()
    await clerk.load()
    const before = identity.count('GET /client')
    const channel = new BroadcastChannel('clerk')
    channel.postMessage({ type: 'signout' })
    await vi.waitFor(() => expect(identity.count('GET /client')).toBe(before + 1))
    await settle()
    channel.close()
    expect(clerk.isSignedIn).toBe(true)
  })

  it('learn from each other that the server has ended their session', async () => {
    const { clerk, identity, open } = openPage()
    identity.signIn()
    const other = open({ window: background() })
    await Promise.all([clerk.load(), other.load()])
    identity.endAll()
    await clerk.session?.getToken({ skipCache: true })
    await vi.waitFor(() => expect(other.session).toBeNull())
  })

  it('share a new token, so that only one of them has to ask', async () => {
    const { clerk, identity, open, clock } = openPage()
    identity.signIn()
    const other = open({ window: background() })
    await Promise.all([clerk.load(), other.load()])
    clock.time += 30_000
    const token = await clerk.session?.getToken({ skipCache: true })
    await vi.waitFor(() => expect(other.session?.lastActiveToken?.jwt).toBe(token))
  })

  it('take no token that is older than theirs or of another session', async () => {
    const { clerk, identity, clock } = openPage()
    const session = identity.signIn()
    await clerk.load()
    const before = clerk.session?.lastActiveToken?.jwt
    const channel = new BroadcastChannel('clerk:session_token')
    channel.postMessage({ tokenRaw: identity.token({ ...session, id: 'sess_other' }) })
    clock.time -= 10_000
    channel.postMessage({ tokenRaw: identity.token(session) })
    clock.time += 10_000
    channel.postMessage({ tokenRaw: 'nonsense' })
    channel.postMessage(null)
    await delivered('clerk:session_token')
    channel.close()
    expect(clerk.session?.lastActiveToken?.jwt).toBe(before)
  })

  it('leave the cookies to the one in front when their organizations differ', async () => {
    const { clerk, identity, open } = openPage()
    identity.signIn()
    const other = open({ window: background() })
    await Promise.all([clerk.load(), other.load()])
    await clerk.setActive({ organization: 'org_front' })
    const token = cookie('__session')
    await other.session?.getToken({ skipCache: true })
    expect(cookie('__session')).toBe(token)
    expect(cookie('clerk_active_context')).toBe(`${clerk.session?.id}:org_front`)
  })
})

async function look(): Promise<void> {
  window.dispatchEvent(new Event('focus'))
  await settle()
}

/** What another page of the site does when somebody signs in or out there. */
function writeClientUat(value: number): void {
  for (const pair of document.cookie.split('; ')) {
    const [name = ''] = pair.split('=')
    if (name.startsWith('__client_uat')) document.cookie = `${name}=${value}; Path=/`
  }
}

describe('a tab that has not heard of a sign-in elsewhere', () => {
  it('does not undo it', async () => {
    const { clerk, identity, clock, open } = openPage()
    const other = open({ window: background() })
    await Promise.all([clerk.load(), other.load()])
    clock.time += 5_000
    const attempt = await clerk.client?.signIn.create({ identifier: 'ada@example.com' })
    await attempt?.attemptFirstFactor({ strategy: 'password', password: 'right' })
    await clerk.setActive({ session: attempt?.createdSessionId })
    // The token of the new session reaches the other tab.
    await delivered('clerk:session_token')
    expect(other.session).toBeNull()
    expect(cookie('__session')).toBe(clerk.session?.lastActiveToken?.jwt)
    expect(cookie('__client_uat')).not.toBe('0')
    expect(identity.client?.sessions).toHaveLength(1)
  })

  it('does not undo it with an answer that was on its way', async () => {
    const { clerk, identity, clock, open } = openPage()
    const other = open({ window: background() })
    await clerk.load()
    const release = identity.hold('POST /client/sign_ins')
    const late = clerk.client?.signIn.create({ identifier: 'ada@example.com' })
    await settle()
    clock.time += 5_000
    identity.signIn()
    await other.load()
    const written = [cookie('__session'), cookie('__client_uat')]
    release()
    await late
    expect([cookie('__session'), cookie('__client_uat')]).toEqual(written)
    expect(written[0]).toBeDefined()
  })

  it('does not undo it with a token that was on its way', async () => {
    const { clerk, identity, clock, open } = openPage()
    const session = identity.signIn()
    const other = open({ window: background() })
    await clerk.load()
    const release = identity.hold(`POST /client/sessions/${session.id}/tokens`)
    const late = clerk.session?.getToken({ skipCache: true })
    await settle()
    await clerk.signOut(() => undefined)
    clock.time += 5_000
    identity.signIn()
    await other.load()
    const written = [cookie('__session'), cookie('__client_uat')]
    release()
    await late
    expect([cookie('__session'), cookie('__client_uat')]).toEqual(written)
    expect(written[0]).toBeDefined()
  })

  it('takes the new session over when its own is found to have ended', async () => {
    const { clerk, identity, clock } = openPage()
    identity.signIn()
    await clerk.load()
    clock.time += 5_000
    identity.endAll()
    const session = identity.signIn()
    writeClientUat(clock.now() / 1000)
    await clerk.session?.getToken({ skipCache: true })
    expect(clerk.session).toBeNull()
    await look()
    expect(clerk.session?.id).toBe(session.id)
  })

  it('stays without a session where the application wants none', async () => {
    const { clerk, identity } = openPage()
    identity.signIn()
    await clerk.load({ touchSession: false })
    await clerk.setActive({ session: null })
    await clerk.client?.signIn.create({ identifier: 'ada@example.com' })
    await look()
    expect(clerk.session).toBeNull()
    expect(cookie('__session')).toBeUndefined()
  })
})

describe('a page that is looked at again', () => {
  it('notices that somebody signed in elsewhere', async () => {
    const { clerk, identity, clock } = openPage()
    await clerk.load()
    clock.time += 5_000
    const session = identity.signIn()
    await look()
    expect(clerk.session).toBeNull()
    writeClientUat(clock.now() / 1000)
    await look()
    expect(clerk.session?.id).toBe(session.id)
  })

  it('notices that somebody signed out elsewhere', async () => {
    const { clerk, identity } = openPage()
    identity.signIn()
    await clerk.load()
    identity.endAll()
    writeClientUat(0)
    await look()
    expect(clerk.session).toBeNull()
  })

  it('changes nothing, and asks for nothing, when nothing has happened', async () => {
    const { clerk, identity } = openPage()
    identity.signIn()
    await clerk.load({ touchSession: false })
    const before = clerk.getSnapshot()
    const count = identity.requests.length
    await look()
    expect(clerk.getSnapshot()).toBe(before)
    expect(identity.requests).toHaveLength(count)
  })

  it('tells the server, at most every five seconds', async () => {
    const { clerk, identity, clock } = openPage()
    const session = identity.signIn()
    await clerk.load()
    const touches = (): number => identity.count(`POST /client/sessions/${session.id}/touch`)
    await look()
    await look()
    expect(touches()).toBe(1)
    expect(identity.requests.at(-1)?.body.get('intent')).toBe('focus')
    clock.time += 5_000
    await look()
    expect(touches()).toBe(2)
  })
})

describe('answers that overtake each other', () => {
  it('do not bring back a session that has ended', async () => {
    const { clerk, identity, clock } = openPage()
    const session = identity.signIn()
    await clerk.load()
    const release = identity.hold(`POST /client/sessions/${session.id}/touch`)
    const touched = clerk.session?.touch()
    await settle()
    clock.time += 1_000
    await clerk.signOut(() => undefined)
    release()
    await touched
    expect(clerk.session).toBeNull()
    expect(clerk.client?.sessions).toEqual([])
    expect(cookie('__session')).toBeUndefined()
  })

  it('do not end a session that was started meanwhile', async () => {
    const { clerk, identity } = openPage()
    await clerk.load()
    const release = identity.hold('GET /client')
    writeClientUat(7)
    await look()
    const attempt = await clerk.client?.signIn.create({ identifier: 'ada@example.com' })
    await attempt?.attemptFirstFactor({ strategy: 'password', password: 'right' })
    await clerk.setActive({ session: attempt?.createdSessionId })
    release()
    await settle()
    expect(clerk.isSignedIn).toBe(true)
    expect(clerk.client?.id).toBe('client_1')
  })

  it('do not bring back an attempt that was replaced', async () => {
    const { clerk, identity } = openPage()
    await clerk.load()
    const old = await clerk.client?.signIn.create({ identifier: 'old@example.com' })
    const release = identity.hold(`GET /client/sign_ins/${old?.id}`)
    const reloaded = old?.reload()
    await settle()
    await clerk.client?.signIn.create({ identifier: 'new@example.com' })
    release()
    await reloaded
    expect(clerk.client?.signIn.identifier).toBe('new@example.com')
  })
})
