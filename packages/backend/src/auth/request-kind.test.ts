import { describe, expect, it } from 'vitest'
import { requestKind } from './request-kind.ts'

const HTML = 'text/html,application/xhtml+xml'

describe('requestKind', () => {
  // oxfmt-ignore
  it.each([
    ['a navigation',                          'GET',  { 'sec-fetch-dest': 'document' },                                'document'],
    ['a page in a frame',                     'GET',  { 'sec-fetch-dest': 'iframe' },                                  'document'],
    ['a navigation of an old browser',        'GET',  { accept: HTML },                                                'document'],
    ['a browser with preferences',            'GET',  { accept: 'application/xml, text/html' },                        'document'],
    ['the head of a page',                    'HEAD', { accept: HTML },                                                'document'],
    ['a fetch',                               'GET',  { 'sec-fetch-dest': 'empty' },                                   'api'],
    ['a fetch that accepts pages',            'GET',  { 'sec-fetch-dest': 'empty', accept: HTML },                     'api'],
    ['a program',                             'GET',  { accept: '*/*' },                                               'api'],
    ['a program that says nothing',           'GET',  {},                                                              'api'],
    ['a form',                                'POST', { 'sec-fetch-dest': 'document', accept: HTML },                  'api'],
    ['an image',                              'GET',  { 'sec-fetch-dest': 'image', accept: HTML },                     'api'],
    ['a client-side navigation',              'GET',  { 'sec-fetch-dest': 'empty', 'next-url': '/x', accept: '*/*' },  'api'],
    ['a server action',                       'POST', { 'next-action': 'abc', 'sec-fetch-dest': 'empty' },             'server-action'],
    ['a server action by its answer',         'POST', { 'next-url': '/x', accept: 'text/x-component' },                'server-action'],
    ['a server action by its form',           'POST', { 'next-url': '/x', 'content-type': 'multipart/form-data; boundary=x' }, 'server-action'],
    ['a GET that claims to be an action',     'GET',  { 'next-action': 'abc', accept: HTML },                          'document'],
    ['a method in lower case',                'get',  { accept: HTML },                                                'document'],
  ])('%s: %s %o is %s', (_, method, headers, kind) => {
    expect(requestKind({ method, headers: new Headers(headers) })).toBe(kind)
  })
})
