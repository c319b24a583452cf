import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { assert, asyncProperty, constantFrom, string } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NodeRequestError, toWebRequest } from './index.ts'

/** What came of the last message: real ones, parsed by node from bytes on a socket. */
let result: Request | unknown
let prepare: (message: IncomingMessage) => void = () => {}

const server = createServer((message, response) => {
  prepare(message)
  try {
    result = toWebRequest(message)
  } catch (error) {
    result = error
  }
  response.end()
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

/** Sends raw lines, so that nothing on the client's side tidies them up. */
async function convert(lines: readonly string[], change = prepare): Promise<unknown> {
  prepare = change
  result = undefined
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.end([...lines, 'Connection: close', '', ''].join('\r\n'), 'latin1')
  socket.resume()
  await once(socket, 'close')
  return result
}

async function converted(lines: readonly string[], change?: (message: IncomingMessage) => void) {
  const request = await convert(lines, change)
  if (!(request instanceof Request)) throw request
  return request
}

describe('toWebRequest', () => {
  // oxfmt-ignore
  it.each([
    { target: '/',                    url: 'http://app.test/' },
    { target: '/a/b?c=d&c=e',         url: 'http://app.test/a/b?c=d&c=e' },
    { target: '/a//b',                url: 'http://app.test/a//b' },
    { target: '/a%2Fb/%zz',           url: 'http://app.test/a%2Fb/%zz' },
    { target: '/?next=//evil.test/..', url: 'http://app.test/?next=//evil.test/..' },
    { target: '/a?b=\\',              url: 'http://app.test/a?b=\\' },
    { target: '/.well-known/x',       url: 'http://app.test/.well-known/x' },
    { target: '/a..b/...',            url: 'http://app.test/a..b/...' },
  ])('keeps the target $target', async ({ target, url }) => {
    expect((await converted([`GET ${target} HTTP/1.1`, 'Host: app.test'])).url).toBe(url)
  })

  it.each([
    '//evil.test/x',
    '//user:pass@evil.test/x',
    '//',
    'http://evil.test/x',
    'http://user:pass@app.test/x',
    'HTTPS://app.test/',
    '*',
    '/admin/../x',
    '/admin/..',
    '/x/%2e%2e/admin',
    '/x/.%2E/admin',
    '/./admin',
    '/\\evil.test',
    '/x\\..\\admin',
  ])('refuses the target %s with 400', async (target) => {
    const method = target === '*' ? 'OPTIONS' : 'GET'
    const error = await convert([`${method} ${target} HTTP/1.1`, 'Host: app.test'])
    expect(error).toBeInstanceOf(NodeRequestError)
    expect(error).toMatchObject({ code: 'target-not-representable', status: 400 })
  })

  it.each(['TRACE'])('refuses %s, which no Request can have', async (method) => {
    const error = await convert([`${method} / HTTP/1.1`, 'Host: app.test'])
    expect(error).toMatchObject({ code: 'method-not-representable', status: 400 })
  })

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'keeps %s',
    async (method) => {
      expect((await converted([`${method} / HTTP/1.1`, 'Host: app.test'])).method).toBe(method)
    },
  )

  // oxfmt-ignore
  it.each([
    { host: 'app.test',       origin: 'http://app.test' },
    { host: 'APP.test:8080',  origin: 'http://app.test:8080' },
    { host: '127.0.0.1:3001', origin: 'http://127.0.0.1:3001' },
    { host: '[::1]:3001',     origin: 'http://[::1]:3001' },
    { host: 'my_service:80',  origin: 'http://my_service' },
    { host: '',               origin: 'http://localhost' },
  ])('takes the host $host', async ({ host, origin }) => {
    expect(new URL((await converted(['GET / HTTP/1.1', `Host: ${host}`])).url).origin).toBe(origin)
  })

  it.each([
    'evil.test/x',
    'user@evil.test',
    'app.test:80@evil.test',
    'app.test?x',
    'app.test#x',
    'app.test\\x',
    'app .test',
    'a,b',
    '%61pp.test',
    'app.test:99999',
    'app.test:',
    '[::1',
    'http://app.test',
    'äpp.test',
  ])('refuses the host %s with 400', async (host) => {
    const error = await convert(['GET / HTTP/1.1', `Host: ${host}`])
    expect(error).toMatchObject({ code: 'host-invalid', status: 400 })
  })

  it('refuses two hosts', async () => {
    const error = await convert(['GET / HTTP/1.1', 'Host: app.test', 'hOST: evil.test'])
    expect(error).toMatchObject({ code: 'host-invalid' })
  })

  it('answers HTTP/1.0 requests that name no host', async () => {
    expect((await converted(['GET /x HTTP/1.0'])).url).toBe('http://localhost/x')
  })

  it('uses the whole URL where a framework has cut it', async () => {
    const request = await converted(['GET /api/me?a=b HTTP/1.1', 'Host: app.test'], (message) => {
      Object.assign(message, { originalUrl: message.url, url: '/me?a=b' })
    })
    expect(request.url).toBe('http://app.test/api/me?a=b')
  })

  it('keeps headers that come several times', async () => {
    const { headers } = await converted([
      'GET / HTTP/1.1',
      'Host: app.test',
      'Cookie: a=1',
      'Cookie: b=2',
      'X-Forwarded-For: 1.1.1.1',
      'X-Forwarded-For: 2.2.2.2',
    ])
    expect(headers.get('cookie')).toBe('a=1; b=2')
    expect(headers.get('x-forwarded-for')).toBe('1.1.1.1, 2.2.2.2')
  })

  it('honours the headers that earlier middleware has removed', async () => {
    const request = await converted(
      ['GET / HTTP/1.1', 'Host: app.test', 'X-Forwarded-Host: evil.test'],
      (message) => {
        delete message.headers['x-forwarded-host']
      },
    )
    expect(request.headers.has('x-forwarded-host')).toBe(false)
  })

  it('leaves the body to the application', async () => {
    let body: Promise<string> | undefined
    const request = await converted(
      ['POST / HTTP/1.1', 'Host: app.test', 'Content-Length: 5', '', 'hello'],
      (message) => {
        body = (async () => {
          let text = ''
          for await (const chunk of message) text += String(chunk)
          return text
        })()
      },
    )
    expect(request.body).toBeNull()
    expect((await body)?.slice(0, 5)).toBe('hello')
  })

  it('turns any path into a URL of the same host, or refuses with its own error', async () => {
    const character = constantFrom(...'abA0/.%2eE5cf\\?#:@;&=+~-_"<>|^`{}[]!$\'()*,')
    await assert(
      asyncProperty(string({ unit: character, maxLength: 40 }), async (text) => {
        const outcome = await convert([`GET /${text} HTTP/1.1`, 'Host: app.test'])
        if (outcome === undefined || outcome instanceof NodeRequestError) return
        expect(outcome).toBeInstanceOf(Request)
        const url = new URL((outcome as Request).url)
        expect(url.origin).toBe('http://app.test')
        // The gate must see as many segments as the router does.
        const path = `/${text}`.split(/[?#]/, 1)[0] ?? ''
        expect(url.pathname.split('/').length).toBe(path.split('/').length)
      }),
      { numRuns: 300 },
    )
  })
})
