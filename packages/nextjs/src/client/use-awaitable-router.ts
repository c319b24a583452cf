'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useRef, useTransition } from 'react'

/** The router of Next.js, whose moves resolve when the new page is shown. */
export interface AwaitableRouter {
  readonly push: (to: string) => Promise<void>
  readonly replace: (to: string) => Promise<void>
}

/**
 * Returns a router that can be waited for: nobody learns of a new session before the page for it is
 * there, so that the old one never flickers.
 */
export function useAwaitableRouter(): AwaitableRouter {
  const router = useRouter()
  const [isPending, startTransition] = useTransition()
  const waiting = useRef<(() => void)[]>([])

  const arrive = useCallback(() => {
    for (const resolve of waiting.current.splice(0)) resolve()
  }, [])
  useEffect(() => {
    if (!isPending) arrive()
  }, [isPending, arrive])
  useEffect(() => arrive, [arrive])

  const move = useCallback(
    (go: () => void) =>
      new Promise<void>((resolve) => {
        startTransition(() => {
          waiting.current.push(resolve)
          go()
        })
      }),
    [],
  )
  return {
    push: (to) => move(() => router.push(to)),
    replace: (to) => move(() => router.replace(to)),
  }
}
