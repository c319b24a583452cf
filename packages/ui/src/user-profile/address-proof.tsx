import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { useAccount } from '../account/account.ts'
import { CodePanel } from '../account/code-panel.tsx'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { addressStrategyOf, mailRequest } from '../mail-request.ts'
import { LinkButton } from '../parts/button.tsx'
import { LinkWait, type LinkState } from '../parts/link-wait.tsx'
import { useTask } from '../task.ts'
import { format } from '../text/format.ts'

interface AddressProofProps {
  readonly id: string
  readonly address: string
  readonly onClose: () => void
}

interface AddressJSON {
  readonly verification: { readonly status: string } | null
}

/** Proves an address that was added: by a code from its mail box, or by a link where the instance sends those. */
export function AddressProof({ id, address, onClose }: AddressProofProps): JSX.Element {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const { environment } = useInstance()
  const task = useTask()
  const words = text.userProfile.addresses
  const path = `/me/email_addresses/${id}`
  const strategy = addressStrategyOf(environment)

  function finish(): void {
    announce(format(words.verified, { address }))
    onClose()
  }

  const send = (): Promise<boolean> =>
    task.run(async () => {
      const body = mailRequest(strategy)
      await call(`${path}/prepare_verification`, { method: 'POST', body })
    })

  useEffect(() => {
    void send()
    // oxlint-disable-next-line react/exhaustive-deps -- the first mail goes out once
  }, [])

  async function look(): Promise<LinkState> {
    const { verification } = await call<AddressJSON>(path)
    task.ensureMounted()
    if (verification?.status === 'verified') {
      finish()
      return 'settled'
    }
    return verification?.status === 'expired' ? 'expired' : 'waiting'
  }

  if (strategy !== 'email_link') {
    return (
      <CodePanel
        task={task}
        address={address}
        onSubmit={async (code) => {
          await call(`${path}/attempt_verification`, { method: 'POST', body: { code } })
          finish()
        }}
        onResend={send}
        onClose={onClose}
      />
    )
  }
  return (
    <>
      <p class="core-panelText">{format(words.linkSent, { address })}</p>
      <LinkWait task={task} look={look} onResend={send}>
        <LinkButton onClick={onClose}>{text.cancel}</LinkButton>
      </LinkWait>
    </>
  )
}
