import type { Platform } from './platform.ts'

export interface PageEventsContext {
  readonly platform: Platform
  /** The page is looked at again. */
  readonly onWake: () => void
  /** The network is back. */
  readonly onOnline: () => void
}

/** Watches the page for the moments at which its state may be out of date. Returns how to stop. */
export function watchPage({ platform, onWake, onOnline }: PageEventsContext): () => void {
  const { window } = platform
  if (!window) return () => undefined
  const onVisible = (): void => {
    if (window.document.visibilityState === 'visible') onWake()
  }
  window.addEventListener('focus', onVisible)
  window.addEventListener('online', onOnline)
  window.document.addEventListener('visibilitychange', onVisible)
  return () => {
    window.removeEventListener('focus', onVisible)
    window.removeEventListener('online', onOnline)
    window.document.removeEventListener('visibilitychange', onVisible)
  }
}
