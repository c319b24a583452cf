import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { useAccount } from '../account/account.ts'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { LinkButton } from '../parts/button.tsx'
import { CodeForm } from '../parts/code-form.tsx'
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
  const isLink = Boolean(
    environment.user_settings.attributes['email_address']?.verifications?.includes('email_link'),
  )

  function finish(): void {
    announce(format(words.verified, { address }))
    onClose()
  }

  const send = (): Promise<boolean> =>
    task.run(async () => {
      const strategy = isLink
        ? { strategy: 'email_link', redirectUrl: location.href }
        : { strategy: 'email_code' }
      await call(`${path}/prepare_verification`, { method: 'POST', body: strategy })
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

  const lead = format(isLink ? words.linkSent : words.codeSent, { address })
  return (
    <>
      <p class="core-panelText">{lead}</p>
      {isLink ? (
        <LinkWait task={task} look={look} onResend={send}>
          <LinkButton onClick={onClose}>{text.cancel}</LinkButton>
        </LinkWait>
      ) : (
        <CodeForm
          task={task}
          onSubmit={async (code) => {
            await call(`${path}/attempt_verification`, { method: 'POST', body: { code } })
            finish()
          }}
          onResend={send}
        >
          <LinkButton onClick={onClose}>{text.cancel}</LinkButton>
        </CodeForm>
      )}
    </>
  )
}
