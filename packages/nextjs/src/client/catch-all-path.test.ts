import { describe, expect, it } from 'vitest'
import { catchAllPath } from './catch-all-path.ts'

describe('catchAllPath', () => {
  // oxfmt-ignore
  it.each([
    { pathname: '/sign-in',               params: {},                                   path: '/sign-in' },
    { pathname: '/sign-in',               params: null,                                 path: '/sign-in' },
    { pathname: '/sign-in/factor-one',    params: { 'sign-in': ['factor-one'] },        path: '/sign-in' },
    { pathname: '/sign-in/sso/callback',  params: { rest: ['sso', 'callback'] },        path: '/sign-in' },
    { pathname: '/de/sign-in/factor-one', params: { lang: 'de', rest: ['factor-one'] }, path: '/de/sign-in' },
    { pathname: '/de/sign-in',            params: { lang: 'de' },                       path: '/de/sign-in' },
    { pathname: '/factor-one',            params: { rest: ['factor-one'] },             path: '/' },
  ])('mounts $pathname with $params at $path', ({ pathname, params, path }) => {
    expect(catchAllPath(pathname, params)).toBe(path)
  })
})
