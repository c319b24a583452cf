import type { Clerk } from '@core/js'
import type { EnvironmentJSON } from '@core/protocol'
import { createContext, Fragment, type ComponentChildren, type JSX } from 'preact'
import { useContext, useEffect, useMemo, useState } from 'preact/hooks'
import { useClerk, useHost } from './host.ts'
import { FailedCard, LoadingCard } from './parts/card.tsx'

/** What a flow cannot start without. */
export interface Instance {
  readonly client: NonNullable<Clerk['client']>
  readonly environment: EnvironmentJSON
}

const InstanceContext = createContext<Instance | null>(null)

/**
 * Shows its children once the settings of the instance are there, which may be after a reconnect, and starts them over when somebody
 * signs out on the page they are on.
 */
export function InstanceGate({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const { text } = useHost()
  const clerk = useClerk()
  const [round, setRound] = useState(0)
  const isSignedIn = clerk.session != null
  useEffect(() => (isSignedIn ? () => setRound((count) => count + 1) : undefined), [isSignedIn])

  const { client, environment } = clerk
  const instance = useMemo(
    () => (client && environment ? { client, environment } : null),
    [client, environment],
  )
  if (instance === null) {
    return clerk.status === 'error' || clerk.status === 'degraded' ? (
      <FailedCard message={text.error.network_error} onRetry={() => location.reload()} />
    ) : (
      <LoadingCard />
    )
  }
  return (
    <InstanceContext.Provider value={instance}>
      <Fragment key={round}>{children}</Fragment>
    </InstanceContext.Provider>
  )
}

/** Reads the client and the settings of the instance. */
export function useInstance(): Instance {
  const instance = useContext(InstanceContext)
  if (instance === null) throw new TypeError('A flow was rendered outside its InstanceGate.')
  return instance
}
