import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { useHost } from '../host.ts'
import { Alert } from '../parts/alert.tsx'
import { Avatar } from '../parts/avatar.tsx'
import type { Person } from '../parts/person.ts'
import { summaryOf } from '../problem.ts'
import { useTask } from '../task.ts'
import { useAccount } from './account.ts'

interface PictureProps {
  readonly person: Person
  /** Path that pictures are sent to and removed at. */
  readonly path: string
  readonly method: 'POST' | 'PUT'
  readonly hasImage: boolean
  readonly onChange?: () => Promise<void>
}

/** Shows a picture and lets people choose another or none. */
export function Picture({ person, path, method, hasImage, onChange }: PictureProps): JSX.Element {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const task = useTask()
  const inputRef = useRef<HTMLInputElement>(null)
  const words = text.picture

  function change(action: () => Promise<unknown>): void {
    void task.run(async () => {
      await action()
      await onChange?.()
      announce(words.changed)
    })
  }

  function upload(file: File | undefined): void {
    if (file === undefined) return
    const body = new FormData()
    body.append('file', file)
    change(() => call(path, { method, body }))
  }

  return (
    <div class="core-picture">
      <Avatar person={person} size="huge" />
      <div class="core-pictureActions">
        <input
          ref={inputRef}
          class="core-hidden"
          type="file"
          accept="image/png,image/jpeg,image/gif,image/webp"
          aria-label={words.choose}
          tabIndex={-1}
          onChange={(event) => {
            upload(event.currentTarget.files?.[0])
            // The same file can be chosen again after it was refused.
            event.currentTarget.value = ''
          }}
        />
        <button
          class="core-action"
          type="button"
          aria-busy={task.isBusy}
          onClick={() => inputRef.current?.click()}
        >
          {words.upload}
        </button>
        {hasImage && (
          <button
            class="core-action"
            type="button"
            data-danger=""
            onClick={() => change(() => call(path, { method: 'DELETE' }))}
          >
            {words.remove}
          </button>
        )}
        <span class="core-itemDetail">{words.hint}</span>
      </div>
      <Alert>{summaryOf(task.problem)}</Alert>
    </div>
  )
}
