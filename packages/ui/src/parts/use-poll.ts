import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

const PAUSE_MS = 1_000

/** Looks a second after the look before, for as long as the looks say to go on. */
export function usePoll(isOn: boolean, look: () => Promise<boolean>): void {
  const lookRef = useRef(look)
  useLayoutEffect(() => {
    lookRef.current = look
  })

  useEffect(() => {
    if (!isOn) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let isGone = false
    async function next(): Promise<void> {
      if ((await lookRef.current()) && !isGone) timer = setTimeout(() => void next(), PAUSE_MS)
    }
    timer = setTimeout(() => void next(), PAUSE_MS)
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [isOn])
}
