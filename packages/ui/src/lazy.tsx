import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useHost } from './host.ts'
import { FailedCard, LoadingCard } from './parts/card.tsx'
import type { Screen } from './screen.ts'

/** Shows another component inside one, loaded when it is needed. */
export function Lazy(props: {
  readonly load: () => Promise<Screen>
  /** Props of that component. */
  readonly props: object
}): JSX.Element {
  const { text, addStyles } = useHost()
  const [round, setRound] = useState(0)
  const [screen, setScreen] = useState<Screen | 'failed' | null>(null)
  const { load } = props

  useEffect(() => {
    let isCurrent = true
    async function show(): Promise<void> {
      const loaded = await load().catch(() => 'failed' as const)
      if (!isCurrent) return
      if (loaded !== 'failed') addStyles(loaded.styles)
      setScreen(loaded)
    }
    void show()
    return () => {
      isCurrent = false
    }
  }, [load, addStyles, round])

  if (screen === null) return <LoadingCard />
  if (screen === 'failed') {
    return <FailedCard message={text.loadFailed} onRetry={() => setRound(round + 1)} />
  }
  return <screen.Component {...props.props} />
}
