import { useCallback, useEffect, useState } from 'preact/hooks'
import { useHost } from '../host.ts'
import { summaryOf, toProblem } from '../problem.ts'
import { useAccount } from './account.ts'

/** A page of what the server lists, and the way to its others. */
export interface List<T> {
  /** `null` until the first answer. */
  readonly items: readonly T[] | null
  readonly total: number
  /** From 0. */
  readonly page: number
  readonly pages: number
  /** Why there is none. */
  readonly problem: string | null
  show(page: number): void
  /** Asks again, after a change. */
  reload(): Promise<void>
}

type Reply<T> = readonly T[] | { readonly data: readonly T[]; readonly total_count: number }

const SIZE = 10

/** Reads a list of the Frontend API, page by page. */
export function useList<T>(
  path: string,
  search: Readonly<Record<string, string | readonly string[]>> = {},
): List<T> {
  const { text } = useHost()
  const { call } = useAccount()
  const [state, setState] = useState<{ items: readonly T[]; total: number } | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [page, show] = useState(0)
  const filter = JSON.stringify(search)

  const load = useCallback(
    async (isWanted: () => boolean): Promise<void> => {
      const paging = { paginated: 'true', limit: String(SIZE), offset: String(page * SIZE) }
      try {
        const reply = await call<Reply<T>>(path, {
          search: { ...(JSON.parse(filter) as typeof search), ...paging },
        })
        if (!isWanted()) return
        const items = 'data' in reply ? reply.data : reply
        setState({ items, total: 'data' in reply ? reply.total_count : reply.length })
        setProblem(null)
        // The last one of a page was removed.
        if (items.length === 0 && page > 0) show(page - 1)
      } catch (error) {
        if (isWanted()) setProblem(summaryOf(toProblem(error, [], text)))
      }
    },
    [call, path, filter, page, text],
  )

  useEffect(() => {
    let isCurrent = true
    void load(() => isCurrent)
    return () => {
      isCurrent = false
    }
  }, [load])

  useEffect(() => show(0), [path, filter])

  return {
    items: state?.items ?? null,
    total: state?.total ?? 0,
    page,
    pages: Math.ceil((state?.total ?? 0) / SIZE),
    problem,
    show,
    reload: () => load(() => true),
  }
}
