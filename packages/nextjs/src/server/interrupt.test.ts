import { forbidden, notFound, permanentRedirect, redirect, unauthorized } from 'next/navigation'
import { describe, expect, it } from 'vitest'
import { interruptOf, toResponse } from './interrupt.ts'

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('interruptOf', () => {
  it('recognises what Next.js throws', () => {
    process.env['__NEXT_EXPERIMENTAL_AUTH_INTERRUPTS'] = 'true'
    expect(interruptOf(thrownBy(() => notFound()))).toEqual({ type: 'status', status: 404 })
    expect(interruptOf(thrownBy(() => forbidden()))).toEqual({ type: 'status', status: 403 })
    expect(interruptOf(thrownBy(() => unauthorized()))).toEqual({ type: 'status', status: 401 })
    expect(interruptOf(thrownBy(() => redirect('/a;b?c=d;e')))).toEqual({
      type: 'redirect',
      url: '/a;b?c=d;e',
      status: 307,
    })
    expect(interruptOf(thrownBy(() => permanentRedirect('/a')))).toMatchObject({ status: 308 })
  })

  it('recognises the not-found error of older releases', () => {
    expect(interruptOf({ digest: 'NEXT_NOT_FOUND' })).toEqual({ type: 'status', status: 404 })
  })

  it.each([
    undefined,
    null,
    'NEXT_NOT_FOUND',
    new Error('NEXT_NOT_FOUND'),
    { digest: 404 },
    { digest: '' },
    { digest: 'NEXT_HTTP_ERROR_FALLBACK;200' },
    { digest: 'NEXT_REDIRECT;replace;/x;200;' },
    { digest: 'NEXT_REDIRECT;other;/x;307;' },
    { digest: 'NEXT_REDIRECT' },
  ])('leaves every other error alone: %o', (error) => {
    expect(interruptOf(error)).toBeNull()
  })
})

describe('toResponse', () => {
  it('resolves redirects against the request', () => {
    const response = toResponse(
      { type: 'redirect', url: '/sign-in?a=b', status: 307 },
      new URL('https://app.test/dashboard'),
    )
    expect(response.status).toBe(307)
    expect(response.headers.get('location')).toBe('https://app.test/sign-in?a=b')
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })

  it.each([401, 403, 404] as const)('answers %i without a body', async (status) => {
    const response = toResponse({ type: 'status', status }, new URL('https://app.test/'))
    expect(response.status).toBe(status)
    expect(await response.text()).toBe('')
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })
})
