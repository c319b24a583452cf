import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendHeaders, authenticateMessage, writeResponse } from './index.ts'

let answer: (response: ServerResponse) => Promise<void> | void = () => {}
let failure: unknown

const server = createServer((_, response) => {
  void (async () => {
    try {
      await answer(response)
    } catch (error) {
      failure = error
      response.destroy()
    }
  })()
})
let origin = ''

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

function ask(how: typeof answer, init?: RequestInit): Promise<Response> {
  answer = how
  failure = undefined
  return fetch(origin, { redirect: 'manual', ...init })
}

describe('writeResponse', () => {
  it('writes status, headers and body', async () => {
    const response = await ask((target) =>
      writeResponse(target, Response.json({ ok: true }, { status: 418, headers: { 'x-a': 'b' } })),
    )
    expect(response.status).toBe(418)
    expect(response.headers.get('x-a')).toBe('b')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ ok: true })
  })

  it('keeps every cookie, those that were set before too', async () => {
    const response = await ask((target) => {
      target.setHeader('set-cookie', 'before=1')
      const headers = new Headers({ location: 'http://other.test/' })
      headers.append('set-cookie', 'a=1; Path=/')
      headers.append('set-cookie', 'b=2; Path=/')
      return writeResponse(target, new Response(null, { status: 307, headers }))
    })
    expect(response.status).toBe(307)
    expect(response.headers.get('location')).toBe('http://other.test/')
    expect(response.headers.getSetCookie()).toEqual(['before=1', 'a=1; Path=/', 'b=2; Path=/'])
  })

  it('sends no body to HEAD and ends', async () => {
    const response = await ask((target) => writeResponse(target, new Response('text')), {
      method: 'HEAD',
    })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
  })

  it('survives a client that leaves in the middle', async () => {
    const controller = new AbortController()
    const endless = new ReadableStream({
      pull: (stream) => stream.enqueue(new Uint8Array(64 * 1024)),
    })
    let finished: Promise<void> | undefined
    const response = await ask(
      (target) => (finished = writeResponse(target, new Response(endless))),
      { signal: controller.signal },
    )
    expect(response.status).toBe(200)
    controller.abort()
    await finished
  })

  it('reports a body that breaks', async () => {
    const broken = new ReadableStream({ start: (stream) => stream.error(new Error('broken')) })
    await ask((target) => writeResponse(target, new Response(broken))).catch(() => null)
    expect(failure).toMatchObject({ message: 'broken' })
  })
})

describe('appendHeaders', () => {
  it('adds to what is there and lets no-store win', async () => {
    const response = await ask((target) => {
      target.setHeader('Cache-Control', 'public, max-age=60')
      target.setHeader('Vary', ['accept', 'origin'])
      const headers = new Headers({ 'cache-control': 'private, no-store', vary: 'cookie' })
      headers.append('set-cookie', 'a=1')
      headers.append('set-cookie', 'b=2')
      appendHeaders(target, headers)
      target.end()
    })
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(response.headers.get('vary')).toBe('accept, origin, cookie')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })
})

const broken = { handle: () => Promise.reject(new TypeError('broken options')) }

describe('authenticateMessage', () => {
  it('answers what no Request can stand for without asking the authenticator', async () => {
    const response = await ask(async (target) => {
      Object.assign(target.req, { url: '//evil.test' })
      expect(await authenticateMessage(broken, target.req, target)).toBeNull()
    })
    expect(failure).toBeUndefined()
    expect(response.status).toBe(400)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).not.toContain('evil')
  })

  it('writes the response of an outcome that answers', async () => {
    const response = await ask(async (target) => {
      const outcome = { type: 'respond', response: new Response('no', { status: 400 }) } as const
      const authenticator = { handle: () => Promise.resolve(outcome) }
      expect(await authenticateMessage(authenticator, target.req, target)).toBeNull()
    })
    expect(failure).toBeUndefined()
    expect([response.status, await response.text()]).toEqual([400, 'no'])
  })

  it('leaves the errors of the authenticator to the framework', async () => {
    await ask(async (target) => {
      await authenticateMessage(broken, target.req, target)
    }).catch(() => null)
    expect(failure).toMatchObject({ message: 'broken options' })
  })
})
