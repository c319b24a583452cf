import type { ComponentChildren, JSX } from 'preact'
import { useHost } from '../host.ts'
import { Alert } from '../parts/alert.tsx'
import { Loading } from '../parts/loading.tsx'
import { format } from '../text/format.ts'
import type { List } from './use-list.ts'

/** Shows a list: that it is on its way, why it is not there, that it is empty, its pages. */
export function ListView<T>(props: {
  readonly list: List<T>
  readonly empty: string
  readonly children: (item: T) => ComponentChildren
}): JSX.Element {
  const { text } = useHost()
  const { list } = props
  return (
    <>
      <Alert>{list.problem}</Alert>
      {list.items === null && list.problem === null && <Loading />}
      {list.items?.length === 0 && <p class="core-empty">{props.empty}</p>}
      {list.items !== null && list.items.length > 0 && (
        <ul class="core-items">{list.items.map((item) => props.children(item))}</ul>
      )}
      {list.pages > 1 && (
        <div class="core-pagination">
          <button
            class="core-action"
            type="button"
            disabled={list.page === 0}
            onClick={() => list.show(list.page - 1)}
          >
            {text.previous}
          </button>
          <span>{format(text.pageOf, { page: list.page + 1, pages: list.pages })}</span>
          <button
            class="core-action"
            type="button"
            disabled={list.page + 1 >= list.pages}
            onClick={() => list.show(list.page + 1)}
          >
            {text.next}
          </button>
        </div>
      )}
    </>
  )
}
