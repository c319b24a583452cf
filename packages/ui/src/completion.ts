import { useEffect, useRef, useState } from 'preact/hooks'
import { useClerk, useHost } from './host.ts'
import { useInstance } from './instance.tsx'
import { sessionIdOf } from './problem.ts'

/** Where a component was told to send the person. */
export interface Destinations {
  readonly forceRedirectUrl?: string | null | undefined
  readonly fallbackRedirectUrl?: string | null | undefined
}

/** The way out of a flow. */
export interface Completion {
  /** Somebody is here already, and this browser can hold nobody else. */
  readonly isSignedIn: boolean
  /** The person is on the way; there is nothing left to do here. */
  readonly isLeaving: boolean
  /** Somebody is signed in and must choose an organization before they can go on. */
  readonly isChoosing: boolean
  /** Where the way out leads. */
  redirectUrl(): string
  /** Makes a session the active one and goes on. */
  finish(sessionId: string | null): Promise<void>
  /** Goes on with the session that, as the server says, is there already. */
  resume(error: unknown): Promise<void>
}

const CHOOSE = 'choose-organization'

/** Leads out of a flow: after its last step, and at once where somebody is signed in already. */
export function useCompletion(page: 'signIn' | 'signUp', destinations: Destinations): Completion {
  const { modal } = useHost()
  const clerk = useClerk()
  const { client, environment } = useInstance()
  const [isLeaving, setLeaving] = useState(false)
  const [isChoosing, setChoosing] = useState(false)
  const hasLeftRef = useRef(false)

  function redirectUrl(): string {
    // A dialog was opened to go on with the page below it.
    const stay = modal === null ? undefined : location.href
    const force = destinations.forceRedirectUrl ?? undefined
    const fallback = destinations.fallbackRedirectUrl ?? stay
    return page === 'signIn'
      ? clerk.buildAfterSignInUrl({
          signInForceRedirectUrl: force,
          signInFallbackRedirectUrl: fallback,
        })
      : clerk.buildAfterSignUpUrl({
          signUpForceRedirectUrl: force,
          signUpFallbackRedirectUrl: fallback,
        })
  }

  async function finish(sessionId: string | null): Promise<void> {
    hasLeftRef.current = true
    try {
      if (mustChoose(sessionId)) return await clerk.setActive({ session: sessionId })
      await clerk.setActive({ session: sessionId, redirectUrl: redirectUrl() })
      setLeaving(true)
      modal?.close()
    } catch (error) {
      hasLeftRef.current = false
      throw error
    }
  }

  function mustChoose(sessionId: string | null | undefined): boolean {
    const sessions = (clerk.client ?? client).signedInSessions
    return sessions.find(({ id }) => id === sessionId)?.currentTask?.key === CHOOSE
  }

  // Once begun, the choice ends where it leads: an organization that was just made is active before its members are invited.
  const isPending = clerk.session?.currentTask?.key === CHOOSE
  useEffect(() => {
    if (!isPending) return
    hasLeftRef.current = true
    setChoosing(true)
  }, [isPending])

  const isSignedIn = environment.auth_config.single_session_mode && clerk.session != null
  useEffect(() => {
    if (!isSignedIn || hasLeftRef.current) return
    hasLeftRef.current = true
    setLeaving(true)
    if (modal === null) void clerk.navigate(redirectUrl())
    else modal.close()
    // oxlint-disable-next-line react/exhaustive-deps -- leaving happens once, whatever changes after it
  }, [isSignedIn])

  useEffect(() => {
    if (!isLeaving) return undefined
    // "Back" may bring this very page back, frozen as it was left.
    const thaw = (event: PageTransitionEvent): void => {
      if (event.persisted) location.reload()
    }
    window.addEventListener('pageshow', thaw)
    return () => window.removeEventListener('pageshow', thaw)
  }, [isLeaving])

  return {
    isSignedIn,
    isLeaving,
    isChoosing,
    redirectUrl,
    finish,
    resume: (error) => finish(sessionIdOf(error) ?? (clerk.client ?? client).lastActiveSessionId),
  }
}
