// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RefreshOnSessionChange } from './refresh-on-session-change.tsx'
import { useAwaitableRouter, type AwaitableRouter } from './use-awaitable-router.ts'

const router = vi.hoisted(() => ({ refresh: vi.fn<() => void>(), push: vi.fn<() => void>() }))
const auth = vi.hoisted(() => ({ current: {} as object }))
vi.mock('next/navigation', () => ({ useRouter: () => router }))
vi.mock('@core/react', () => ({ useAuth: () => auth.current }))

let root: Root
beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  root = createRoot(document.createElement('div'))
})
afterEach(() => {
  act(() => root.unmount())
  vi.unstubAllGlobals()
  vi.clearAllMocks()
})

function see(state: object): void {
  auth.current = state
  act(() => root.render(<RefreshOnSessionChange />))
}

describe('RefreshOnSessionChange', () => {
  it('asks the server again for each change of session or organization, not before', () => {
    see({ isLoaded: false })
    see({ isLoaded: true, sessionId: 'sess_1', orgId: null })
    see({ isLoaded: true, sessionId: 'sess_1', orgId: null })
    expect(router.refresh).not.toHaveBeenCalled()

    see({ isLoaded: true, sessionId: 'sess_1', orgId: 'org_1' })
    expect(router.refresh).toHaveBeenCalledTimes(1)
    see({ isLoaded: false })
    see({ isLoaded: true, sessionId: 'sess_1', orgId: 'org_1' })
    expect(router.refresh).toHaveBeenCalledTimes(1)
    see({ isLoaded: true, sessionId: null, orgId: null })
    expect(router.refresh).toHaveBeenCalledTimes(2)
  })

  it('asks again when the browser knows more than the server that rendered the page', () => {
    see({ isLoaded: true, sessionId: 'sess_1', orgId: null })
    see({ isLoaded: true, sessionId: null, orgId: null })
    expect(router.refresh).toHaveBeenCalledTimes(1)
  })
})

describe('useAwaitableRouter', () => {
  it('resolves every move once the router is done with it', async () => {
    let moves: AwaitableRouter | undefined
    function Page(): null {
      moves = useAwaitableRouter()
      return null
    }
    act(() => root.render(<Page />))
    let moved: Promise<unknown> | undefined
    act(() => {
      moved = Promise.all([moves?.push('/a'), moves?.push('/b')])
    })
    await moved
    expect(router.push.mock.calls).toEqual([['/a'], ['/b']])
  })
})
