import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useClerk, useHost } from '../host.ts'
import { LinkButton, SubmitButton } from '../parts/button.tsx'
import { Alert } from '../parts/alert.tsx'
import { Card } from '../parts/card.tsx'
import { CodeForm } from '../parts/code-form.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { Step } from '../parts/step.tsx'
import { summaryOf } from '../problem.ts'
import { useTask } from '../task.ts'
import { format } from '../text/format.ts'

interface FactorJSON {
  readonly strategy: string
  readonly email_address_id?: string
  readonly safe_identifier?: string
}

interface VerificationJSON {
  readonly status: string
  readonly supported_first_factors: readonly FactorJSON[] | null
}

type Shown = { readonly name: 'password' } | { readonly name: 'code'; readonly factor: FactorJSON }

/** Asks a signed-in person for their password, or for a code that is sent to them. */
export function ProofCard({ onProven }: { readonly onProven: () => void }): JSX.Element {
  const { text } = useHost()
  const clerk = useClerk()
  const task = useTask()
  const [factors, setFactors] = useState<readonly FactorJSON[]>([])
  const [shown, setShown] = useState<Shown | null>(null)
  const words = text.reverification
  const code = factors.find(({ strategy }) => strategy === 'email_code')
  const hasPassword = factors.some(({ strategy }) => strategy === 'password')

  const verify = (action: string, body: object): Promise<VerificationJSON> =>
    clerk.request(`/client/sessions/${clerk.session?.id}/verify${action}`, { method: 'POST', body })

  useEffect(() => {
    void task.run(async () => {
      const { supported_first_factors: offered } = await verify('', { level: 'first_factor' })
      task.ensureMounted()
      setFactors(offered ?? [])
      const first = offered?.find(({ strategy }) => strategy === 'password')
      const other = offered?.find(({ strategy }) => strategy === 'email_code')
      if (first) setShown({ name: 'password' })
      else if (other) await send(other)
    })
    // oxlint-disable-next-line react/exhaustive-deps -- asked once, when the dialog opens
  }, [])

  async function send(factor: FactorJSON): Promise<void> {
    await verify('/prepare_first_factor', {
      strategy: factor.strategy,
      emailAddressId: factor.email_address_id,
    })
    task.ensureMounted()
    setShown({ name: 'code', factor })
  }

  async function prove(body: object): Promise<void> {
    await verify('/attempt_first_factor', body)
    // The next token tells apps that the proof is fresh.
    await clerk.setActive({ session: clerk.session?.id ?? null })
    onProven()
  }

  return (
    <Card>
      {shown?.name === 'code' ? (
        <Step
          key="code"
          title={words.title}
          subtitle={format(text.codeSentTo, { address: shown.factor.safe_identifier ?? '' })}
        >
          <CodeForm
            task={task}
            onSubmit={(value) => prove({ strategy: shown.factor.strategy, code: value })}
            onResend={() => task.run(() => send(shown.factor))}
          >
            {hasPassword && (
              <LinkButton onClick={() => setShown({ name: 'password' })}>
                {words.usePassword}
              </LinkButton>
            )}
          </CodeForm>
        </Step>
      ) : (
        <Step key={shown?.name ?? 'start'} title={words.title} subtitle={words.subtitle}>
          {shown === null ? (
            <Alert>{summaryOf(task.problem) ?? (task.isBusy ? null : words.impossible)}</Alert>
          ) : (
            <Form
              task={task}
              onSubmit={({ password = '' }) => prove({ strategy: 'password', password })}
            >
              <Field
                name="password"
                label={text.field.password}
                type="password"
                autocomplete="current-password"
              />
              <SubmitButton isBusy={task.isBusy}>{text.continue}</SubmitButton>
              {code !== undefined && (
                <div class="core-actions">
                  <LinkButton onClick={() => void task.run(() => send(code))}>
                    {words.useCode}
                  </LinkButton>
                </div>
              )}
            </Form>
          )}
        </Step>
      )}
    </Card>
  )
}
