// @vitest-environment happy-dom

import { createPublishableKey } from '@core/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEnvironment } from './clerk.test-double.ts'
import { alertText, atStep, clearPage, preparePage, until } from './page.test-driver.ts'

const KEY = createPublishableKey('production', 'clerk.example.com')

// For the whole file: a page that was told to come back later does.
let answer: (path: string) => Response
vi.stubGlobal('fetch', async (url: string) => answer(new URL(url).pathname))

beforeEach(() => {
  preparePage()
  vi.resetModules()
})

afterEach(() => {
  clearPage()
})

/** Opens the page as the identity server writes it. */
async function openPage(page: string, server: (path: string) => Response): Promise<void> {
  answer = server
  const node = document.createElement('div')
  node.id = 'core'
  node.dataset['page'] = page
  node.dataset['publishableKey'] = KEY
  document.body.append(node)
  await import('./portal.ts')
}

function answerWell(path: string): Response {
  return Response.json({
    response: path === '/v1/environment' ? createEnvironment() : null,
    client: null,
  })
}

describe('the portal', () => {
  it.each([
    ['sign-in', 'Sign in to Acme'],
    ['sign-up', 'Create your account'],
  ])('draws the page "%s"', async (page, title) => {
    await openPage(page, answerWell)
    await atStep(title)
    expect(document.querySelector('form')).not.toBeNull()
  })

  it('says so when its server is in trouble', async () => {
    await openPage('sign-in', () => new Response('', { status: 503 }))
    await until(() => expect(alertText()).toContain('could not reach the server'))
  })

  it('refuses a page that it does not have', async () => {
    await expect(openPage('constructor', answerWell)).rejects.toThrow('no such page')
  })
})
