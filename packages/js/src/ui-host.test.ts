// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { UiModule } from './clerk.ts'
import { closePages, openPage, settle, visit, type Page } from './page.test-server.ts'

beforeEach(() => visit('http://localhost:3000/'))
afterEach(closePages)

interface Drawn {
  readonly page: Page
  readonly log: string[]
  readonly loadUi: () => Promise<UiModule>
  failures: number
}

function openDrawnPage(): Drawn {
  const log: string[] = []
  const draw = (what: string, props: object): ReturnType<UiModule['mount']> => {
    log.push(`draw ${what} ${JSON.stringify(props)}`)
    return {
      update: (next) => log.push(`update ${what} ${JSON.stringify(next)}`),
      unmount: () => log.push(`unmount ${what}`),
    }
  }
  const ui: UiModule = {
    mount: (component, _node, props) => draw(component, props),
    openModal: (component, props) => draw(`modal ${component}`, props),
  }
  const drawn: Drawn = {
    log,
    failures: 0,
    loadUi: vi.fn<() => Promise<UiModule>>(async () => {
      if (drawn.failures-- > 0) throw new TypeError('Failed to fetch.')
      return ui
    }),
    page: openPage({ loadUi: () => drawn.loadUi() }),
  }
  return drawn
}

describe('a prebuilt component', () => {
  it('that is asked for before the client has loaded appears afterwards', async () => {
    const { page, log, loadUi } = openDrawnPage()
    page.clerk.mountSignIn(document.createElement('div'), { a: 1 })
    page.clerk.openSignUp()
    await settle()
    expect(loadUi).not.toHaveBeenCalled()
    await page.clerk.load()
    await settle()
    expect(log).toEqual(['draw SignIn {"a":1}', 'draw modal SignUp {}'])
    expect(loadUi).toHaveBeenCalledOnce()
  })

  it('gets new properties in place', async () => {
    const { page, log } = openDrawnPage()
    await page.clerk.load()
    const node = document.createElement('div')
    page.clerk.mountUserButton(node, { a: 1 })
    page.clerk.mountUserButton(node, { a: 2 })
    await settle()
    page.clerk.mountUserButton(node, { a: 3 })
    page.clerk.unmountUserButton(node)
    page.clerk.unmountUserButton(node)
    expect(log).toEqual([
      'draw UserButton {"a":2}',
      'update UserButton {"a":3}',
      'unmount UserButton',
    ])
  })

  it('is drawn again when the looks of the page change', async () => {
    const { page, log } = openDrawnPage()
    await page.clerk.load({ appearance: { a: 1 }, afterSignOutUrl: '/bye' })
    page.clerk.mountUserButton(document.createElement('div'), { b: 1 })
    page.clerk.openSignIn()
    await settle()
    log.length = 0
    page.clerk.setAppearance({ a: 2 })
    expect(log).toEqual(['update UserButton {"b":1}', 'update modal SignIn {}'])
    expect(page.clerk.options).toMatchObject({ appearance: { a: 2 }, afterSignOutUrl: '/bye' })
  })

  it('that is gone before its bundle is here never appears', async () => {
    const { page, log } = openDrawnPage()
    await page.clerk.load()
    const node = document.createElement('div')
    page.clerk.mountSignIn(node)
    page.clerk.unmountSignIn(node)
    page.clerk.openSignIn()
    page.clerk.closeSignIn()
    await settle()
    expect(log).toEqual([])
  })

  it('can be tried again after its bundle could not be loaded', async () => {
    const drawn = openDrawnPage()
    drawn.failures = 1
    await drawn.page.clerk.load()
    drawn.page.clerk.openSignIn()
    await settle()
    expect(drawn.page.warnings).toEqual(['<SignIn /> cannot be shown. TypeError: Failed to fetch.'])
    drawn.page.clerk.openSignIn()
    await settle()
    expect(drawn.log).toEqual(['draw modal SignIn {}'])
  })

  it('says what is missing when there is no bundle', async () => {
    const { clerk, warnings } = openPage()
    await clerk.load()
    clerk.openSignIn()
    await settle()
    expect(warnings.join('')).toContain('loadUi')
  })
})
