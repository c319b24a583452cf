import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { useAccount } from '../account/account.ts'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { Alert } from '../parts/alert.tsx'
import { LinkButton } from '../parts/button.tsx'
import { CodeForm } from '../parts/code-form.tsx'
import { Resend } from '../parts/resend.tsx'
import { summaryOf } from '../problem.ts'
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

const POLL_INTERVAL_MS = 1_000

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

  useEffect(() => {
    if (!isLink) return undefined
    async function look(): Promise<void> {
      try {
        const { verification } = await call<AddressJSON>(path)
        if (verification?.status === 'verified') finish()
      } catch {
        // One answer that is lost is made up for by the next.
      }
    }
    const timer = setInterval(() => void look(), POLL_INTERVAL_MS)
    return () => clearInterval(timer)
    // oxlint-disable-next-line react/exhaustive-deps -- one timer for one address
  }, [isLink, path])

  const lead = format(isLink ? words.linkSent : words.codeSent, { address })
  return (
    <>
      <p class="core-panelText">{lead}</p>
      {isLink ? (
        <>
          <Alert>{summaryOf(task.problem)}</Alert>
          <div class="core-actions">
            <Resend onResend={send}>{text.resendLink}</Resend>
            <LinkButton onClick={onClose}>{text.cancel}</LinkButton>
          </div>
        </>
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
