import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { cookiesOf } from '../testing/directives.ts'
import {
  openTestServer,
  send,
  type Answer,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'

let server: TestServer
let instance: TestInstance
let satellite: string
let primary: string
let number = 0
beforeAll(async () => {
  server = await openTestServer()
})
beforeEach(async () => {
  satellite = `shop${++number}.org`
  instance = await server.addInstance({ type: 'production' })
  primary = new URL(instance.keys.apiUrl).host
  await addDomain({ name: satellite })
})
afterAll(() => server.close())

const addDomain = (input: object): Promise<Answer> =>
  instance.call('POST', '/domains', { is_satellite: true, ...input })

/** A browser that keeps the cookies of each host to itself, and stops where an app is. */
class Person {
  readonly jars: Map<string, Map<string, string>> = new Map()
  readonly hops: URL[] = []
  headers: Readonly<Record<string, string>> = {}

  async follow(address: string): Promise<Answer> {
    this.hops.length = 0
    for (let url = new URL(address); ;) {
      const answer = await this.load(url)
      const location = answer.headers.get('location')
      if (location === null) return answer
      url = new URL(location)
      this.hops.push(url)
      if (!url.hostname.startsWith('clerk.') && !url.pathname.startsWith('/__clerk')) return answer
      if (this.hops.length > 8) throw new Error('Sent around in circles.')
    }
  }

  async load(url: URL): Promise<Answer> {
    const jar = this.jar(url.host)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    // The proxy of a domain takes its own path away, and says who it is.
    const isProxied = url.pathname.startsWith('/__clerk')
    const target = isProxied
      ? new URL(url.pathname.replace('/__clerk', '') + url.search, instance.keys.apiUrl)
      : url
    const answer = await send(
      server,
      new Request(target, {
        headers: {
          host: target.host,
          ...(cookie === '' ? {} : { cookie }),
          ...(isProxied
            ? {
                'clerk-proxy-url': `${url.origin}/__clerk`,
                'clerk-secret-key': instance.keys.secretKey,
              }
            : {}),
          ...this.headers,
        },
      }),
    )
    for (const line of answer.cookies) {
      const [pair = ''] = line.split(';')
      const name = pair.slice(0, pair.indexOf('='))
      if (/max-age=0/i.test(line)) jar.delete(name)
      else jar.set(name, pair.slice(name.length + 1))
    }
    return answer
  }

  jar(host: string): Map<string, string> {
    const jar = this.jars.get(host) ?? new Map<string, string>()
    this.jars.set(host, jar)
    return jar
  }

  /** Signs in on the primary domain. */
  async signIn(): Promise<string> {
    const browser = await instance.openBrowser()
    const { client } = (await browser.signUp(`ada${server.now}@example.com`)).body
    this.jar(primary).set('__client', browser.clientToken ?? '')
    return client.sessions[0].id as string
  }
}

const handshakeUrl = (at = `https://clerk.${satellite}`): string =>
  `${at}/v1/client/handshake?${new URLSearchParams({
    redirect_url: `https://${satellite}/page?a=1,2`,
    suffixed_cookies: 'false',
    __clerk_hs_reason: 'satellite-needs-syncing',
  })}`

/** What a handshake says, and the attributes it says it with. */
async function told(answer: Answer): Promise<{
  readonly cookies: Record<string, string>
  readonly directives: readonly string[]
}> {
  const carrier = answer.cookies.find((line) => line.startsWith('__clerk_handshake='))
  const token = carrier?.split(';')[0]?.slice('__clerk_handshake='.length) ?? ''
  const directives = (await instance.verify(token))['handshake'] as string[]
  return { cookies: cookiesOf(directives), directives }
}

describe('a handshake on a satellite', () => {
  it('asks the primary domain who the browser is, and says so under its own domain', async () => {
    const person = new Person()
    const sessionId = await person.signIn()
    const answer = await person.follow(handshakeUrl())
    expect(person.hops.map(({ host, pathname }) => host + pathname)).toEqual([
      `${primary}/v1/client/link`,
      `clerk.${satellite}/v1/client/handshake`,
      `${satellite}/page`,
    ])
    expect(person.hops.at(-1)?.href).toBe(`https://${satellite}/page?a=1,2`)
    const { cookies, directives } = await told(answer)
    expect(await instance.verify(cookies['__session'] ?? '')).toMatchObject({
      sid: sessionId,
      iss: instance.keys.apiUrl,
      azp: `https://${satellite}`,
    })
    expect(directives.find((line) => line.startsWith('__client_uat='))).toContain(
      `; Domain=${satellite};`,
    )
    const carrier = answer.cookies.find((line) => line.startsWith('__clerk_handshake='))
    expect(carrier).toContain(`; Domain=${satellite};`)
    expect(person.jar(`clerk.${satellite}`).has('__clerk_link')).toBe(false)
  })

  it('asks once: afterwards the browser is known there, and signs out with the primary domain', async () => {
    const person = new Person()
    const sessionId = await person.signIn()
    await person.follow(handshakeUrl())
    await person.follow(handshakeUrl())
    expect(person.hops).toHaveLength(1)
    expect(person.jar(`clerk.${satellite}`).get('__client')).not.toBe(
      person.jar(primary).get('__client'),
    )
    await instance.call('POST', `/sessions/${sessionId}/revoke`)
    const { cookies } = await told(await person.follow(handshakeUrl()))
    expect(cookies).toMatchObject({ __session: '', __client_uat: '0' })
  })

  it('says nobody of a browser that the primary domain does not know, without going in circles', async () => {
    const person = new Person()
    const { cookies } = await told(await person.follow(handshakeUrl()))
    expect(person.hops).toHaveLength(3)
    expect(cookies).toMatchObject({ __session: '', __client_uat: '0' })
  })

  it('takes no answer in a browser that did not ask: nobody becomes somebody else by a link', async () => {
    const [attacker, victim] = [new Person(), new Person()]
    await attacker.signIn()
    const start = await attacker.load(new URL(handshakeUrl()))
    const link = await attacker.load(new URL(start.headers.get('location') ?? ''))
    const planted = link.headers.get('location') ?? ''
    expect(planted).toContain('__clerk_link=')
    const { cookies } = await told(await victim.follow(planted))
    expect(cookies['__session']).toBe('')
    expect(victim.jar(`clerk.${satellite}`).has('__client')).toBe(false)
    // It was used up by that.
    const own = await told(await attacker.follow(planted))
    expect(own.cookies['__session']).toBe('')
  })

  it('takes no answer that was meant for another satellite', async () => {
    const other = `other${number}.org`
    await addDomain({ name: other })
    const person = new Person()
    await person.signIn()
    const start = await person.load(new URL(handshakeUrl()))
    const link = await person.load(new URL(start.headers.get('location') ?? ''))
    const moved = new URL((link.headers.get('location') ?? '').replace(satellite, other))
    const secret = person.jar(`clerk.${satellite}`).get('__clerk_link') ?? ''
    person.jar(`clerk.${other}`).set('__clerk_link', secret)
    moved.searchParams.set('redirect_url', `https://${other}/`)
    const { cookies } = await told(await person.load(moved))
    expect(cookies['__session']).toBe('')
  })

  it('takes no answer that is a minute old', async () => {
    const person = new Person()
    await person.signIn()
    const start = await person.load(new URL(handshakeUrl()))
    const link = await person.load(new URL(start.headers.get('location') ?? ''))
    server.advance(60_000)
    const { cookies } = await told(await person.load(new URL(link.headers.get('location') ?? '')))
    expect(cookies['__session']).toBe('')
  })

  it('is answered for no domain that is not one, nor asked by a satellite', async () => {
    const link = `/v1/client/link?domain=evil.org&state=x&endpoint=handshake&query=`
    const development = await server.addInstance()
    const domain = { name: satellite, is_satellite: true }
    expect((await development.call('POST', '/domains', domain)).status).toBe(200)
    for (const url of [
      `${development.keys.apiUrl}${link.replace('evil.org', satellite)}`,
      `${instance.keys.apiUrl}${link}`,
      `https://clerk.${satellite}${link.replace('evil.org', satellite)}`,
      `${instance.keys.apiUrl}/v1/client/sync?redirect_url=https://${satellite}/`,
      `https://clerk.nobody.org/v1/client/handshake?redirect_url=https://${satellite}/`,
    ]) {
      const { status, headers } = await new Person().load(new URL(url))
      expect(status).toBe(404)
      expect(headers.get('location')).toBeNull()
    }
  })

  it('sends nobody to an address outside', async () => {
    const url = handshakeUrl().replace(
      encodeURIComponent(`https://${satellite}/`),
      'https://evil.org/',
    )
    expect((await new Person().load(new URL(url))).status).toBe(400)
  })

  it('works through the proxy of the domain, which proves itself', async () => {
    const proxied = `proxied${number}.org`
    await addDomain({ name: proxied, proxy_url: `https://${proxied}/__clerk` })
    const person = new Person()
    const sessionId = await person.signIn()
    const url = handshakeUrl(`https://${proxied}/__clerk`).replaceAll(satellite, proxied)
    const answer = await person.follow(url)
    expect(person.hops.map(({ host, pathname }) => host + pathname)).toEqual([
      `${primary}/v1/client/link`,
      `${proxied}/__clerk/v1/client/handshake`,
      `${proxied}/page`,
    ])
    const { cookies } = await told(answer)
    expect(await instance.verify(cookies['__session'] ?? '')).toMatchObject({ sid: sessionId })
    expect(answer.cookies.find((line) => line.startsWith('__clerk_handshake='))).toContain(
      `; Domain=${proxied};`,
    )
    // Whoever only says that they are the proxy speaks to the primary domain, as anybody does.
    const liar = new Person()
    liar.headers = { 'clerk-secret-key': 'sk_live_unknown' }
    const refused = await liar.load(new URL(url))
    expect(refused.headers.get('location') ?? '').not.toContain('/client/link')
  })
})

describe('a page of a satellite', () => {
  it('has its browser made known, and gets it back', async () => {
    const person = new Person()
    await person.signIn()
    const here = `https://${satellite}/page?a=1`
    const answer = await person.follow(
      `https://clerk.${satellite}/v1/client/sync?redirect_url=${encodeURIComponent(here)}`,
    )
    expect(person.hops.at(-1)?.href).toBe(`${here}&__clerk_synced=true`)
    expect(person.jar(`clerk.${satellite}`).has('__client')).toBe(true)
    const uat = answer.cookies.find((line) => line.startsWith('__client_uat='))
    expect(uat).toMatch(new RegExp(`^__client_uat=[1-9]\\d+; .*Domain=${satellite};`))
  })

  it('is sent nowhere else', async () => {
    for (const target of ['https://evil.org/', '', '//evil.org']) {
      const url = `https://clerk.${satellite}/v1/client/sync?redirect_url=${encodeURIComponent(target)}`
      expect((await new Person().load(new URL(url))).status).toBe(400)
    }
  })
})
