import { NextRequest, NextResponse } from 'next/server'
import { describe, expect, it } from 'vitest'
import { forwardState, staysHere } from './forward-state.ts'

const request = new NextRequest('https://app.test/page', {
  headers: {
    accept: 'text/html',
    cookie: 'a=1',
    'x-clerk-request-data': 'forged',
    'x-clerk-auth-status': 'signed-in',
    'X-Clerk-Anything': 'forged',
  },
})

/** The request headers with which Next.js goes on, or `null` where it keeps the client's. */
function handedOn(response: Response): Record<string, string> | null {
  const names = response.headers.get('x-middleware-override-headers')
  if (names === null) return null
  return Object.fromEntries(
    names
      .split(',')
      .map((name) => [name, response.headers.get(`x-middleware-request-${name}`) ?? '']),
  )
}

describe('forwardState', () => {
  it('hands the state on with next() and drops what the client sent in its place', () => {
    const response = NextResponse.next()
    forwardState(request, response, 'sealed')
    expect(handedOn(response)).toEqual({
      accept: 'text/html',
      cookie: 'a=1',
      'x-clerk-request-data': 'sealed',
    })
    expect(response.headers.get('x-middleware-next')).toBe('1')
  })

  it('hands the state on with a rewrite within the origin', () => {
    const response = NextResponse.rewrite(new URL('/other?x=y', request.url))
    forwardState(request, response, 'sealed')
    expect(handedOn(response)).toMatchObject({ 'x-clerk-request-data': 'sealed' })
    expect(response.headers.get('x-middleware-rewrite')).toBe('https://app.test/other?x=y')
  })

  it('keeps the request headers that the handler overrides, but for those that are ours', () => {
    const headers = new Headers(request.headers)
    headers.set('x-locale', 'de')
    headers.delete('accept')
    const response = NextResponse.next({ request: { headers } })
    forwardState(request, response, 'sealed')
    expect(handedOn(response)).toEqual({
      cookie: 'a=1',
      'x-locale': 'de',
      'x-clerk-request-data': 'sealed',
    })
    expect(response.headers.has('x-middleware-request-x-clerk-auth-status')).toBe(false)
  })

  it('leaves cookies and headers of the response alone', () => {
    const response = NextResponse.next({ headers: { 'x-own': 'kept' } })
    response.cookies.set('locale', 'de')
    response.cookies.set('theme', 'dark')
    forwardState(request, response, 'sealed')
    expect(response.headers.get('x-own')).toBe('kept')
    expect(response.headers.getSetCookie()).toEqual(['locale=de; Path=/', 'theme=dark; Path=/'])
  })
})

describe('staysHere', () => {
  it.each([
    ['next()', () => NextResponse.next()],
    ['a rewrite within the origin', () => NextResponse.rewrite(new URL('/x', request.url))],
  ])('gives the state to %s', (_, create) => {
    expect(staysHere(request, create())).toBe(true)
  })

  it.each([
    ['a redirect', () => NextResponse.redirect(new URL('/sign-in', request.url))],
    ['a rewrite to another origin', () => NextResponse.rewrite('https://other.test/page')],
    ['a rewrite to another port', () => NextResponse.rewrite('https://app.test:8443/page')],
    ['an answer', () => NextResponse.json({ ok: true })],
  ])('gives no state to %s', (_, create) => {
    expect(staysHere(request, create())).toBe(false)
  })
})
