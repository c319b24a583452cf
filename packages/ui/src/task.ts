import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useHost } from './host.ts'
import { toProblem, type Problem } from './problem.ts'

/** The one thing a flow may be doing at a time, and what went wrong with the last one. */
export interface Task {
  readonly isBusy: boolean
  readonly problem: Problem | null
  /**
   * Runs an action unless one is running, so that a second click sends nothing. Resolves to whether it succeeded.
   *
   * @param fields names of the fields on the screen, to which errors are attached
   */
  run(action: () => Promise<void>, fields?: readonly string[]): Promise<boolean>
  report(problem: Problem | null): void
  /** Forgets the error of a field, because the person is changing it. */
  clear(field: string): void
}

/** Thrown inside an action to end it without a message: the component is gone, or the page is being left. */
export class Abandoned extends Error {}

/** Creates the task of a flow. After unmount an action's continuation ends at its next `ensureMounted`. */
export function useTask(): Task & { ensureMounted(): void } {
  const { text } = useHost()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const runningRef = useRef(false)
  const mountedRef = useRef(true)

  // A layout effect: others are undone after the next paint, and an answer may arrive before it.
  useLayoutEffect(() => {
    mountedRef.current = true
    return () => {
      mountedRef.current = false
    }
  }, [])

  const actions = useMemo(
    () => ({
      async run(action: () => Promise<void>, fields: readonly string[] = []): Promise<boolean> {
        if (runningRef.current) return false
        runningRef.current = true
        setBusy(true)
        setProblem(null)
        try {
          await action()
          return true
        } catch (error) {
          if (mountedRef.current && !(error instanceof Abandoned)) {
            setProblem(toProblem(error, fields, text))
          }
          return false
        } finally {
          runningRef.current = false
          if (mountedRef.current) setBusy(false)
        }
      },
      report: setProblem,
      clear(field: string): void {
        setProblem((current) => {
          if (current === null || !(field in current.fields)) return current
          const { [field]: _, ...fields } = current.fields
          return { ...current, fields }
        })
      },
      ensureMounted(): void {
        if (!mountedRef.current) throw new Abandoned()
      },
    }),
    [text],
  )
  return { isBusy, problem, ...actions }
}
