/** Proof of who is asking, for what a session that was left open must not do. */

import type { ApiRequest } from '@core/js'
import type { JSX } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { useHost } from '../host.ts'
import { CloseIcon } from '../parts/icons.tsx'
import { hasCode } from '../problem.ts'
import { Abandoned } from '../task.ts'
import { ProofCard } from './proof-card.tsx'

interface Pending {
  readonly onProven: () => void
  readonly onDismiss: () => void
}

interface ProvenCalls {
  call<T>(path: string, options?: ApiRequest): Promise<T>
  /** The dialog, while a call waits for it. */
  readonly dialog: JSX.Element | null
}

/** Makes calls that open a dialog where the server asks for proof, and go on once it was given. */
export function useProvenCalls(): ProvenCalls {
  const { clerk } = useHost()
  const [pending, setPending] = useState<Pending | null>(null)

  const call = useCallback(
    async <T,>(path: string, options?: ApiRequest): Promise<T> => {
      try {
        return await clerk.request<T>(path, options)
      } catch (error) {
        if (!hasCode(error, ['session_reverification_required'])) throw error
      }
      await new Promise<void>((resolve, reject) => {
        const close = (settle: () => void) => () => {
          setPending(null)
          settle()
        }
        setPending({
          onProven: close(resolve),
          onDismiss: close(() => reject(new Abandoned())),
        })
      })
      return clerk.request<T>(path, options)
    },
    [clerk],
  )

  return { call, dialog: pending && <ProofDialog {...pending} /> }
}

function ProofDialog({ onProven, onDismiss }: Pending): JSX.Element {
  const { text } = useHost()
  const ref = useRef<HTMLDialogElement>(null)

  useEffect(() => {
    const opener = document.activeElement
    ref.current?.showModal()
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    }
  }, [])

  return (
    <dialog
      ref={ref}
      class="core-modalContent"
      aria-label={text.reverification.title}
      onCancel={(event) => {
        event.preventDefault()
        onDismiss()
      }}
    >
      <div class="core-modalBody">
        <ProofCard onProven={onProven} />
        <button
          class="core-modalCloseButton"
          type="button"
          aria-label={text.close}
          onClick={onDismiss}
        >
          <CloseIcon />
        </button>
      </div>
    </dialog>
  )
}
