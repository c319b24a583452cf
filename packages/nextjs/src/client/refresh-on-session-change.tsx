'use client'

import { useAuth } from '@core/react'
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'

/**
 * Asks the server for the page again whenever another session or organization has become active, in
 * this tab or in another one: the middleware runs, what the router has cached is dropped, and a
 * protected page sends away whoever may no longer see it.
 */
export function RefreshOnSessionChange(): null {
  const router = useRouter()
  const { isLoaded, sessionId, orgId } = useAuth()
  const shown = useRef<string | null>(null)

  useEffect(() => {
    if (!isLoaded) return
    const current = `${sessionId ?? ''} ${orgId ?? ''}`
    if (shown.current !== null && shown.current !== current) router.refresh()
    shown.current = current
  }, [isLoaded, sessionId, orgId, router])

  return null
}
