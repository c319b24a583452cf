import type { SignInFactor } from '@core/js'
import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { Alert } from '../parts/alert.tsx'
import { KeyIcon, LinkIcon, MailIcon, ResetIcon } from '../parts/icons.tsx'
import { Step } from '../parts/step.tsx'
import { summaryOf } from '../problem.ts'
import type { Text } from '../text/en.ts'
import { format } from '../text/format.ts'
import type { SignInFlow } from './flow.ts'
import { SignInIdentity } from './password.tsx'
import { isLink, isReset, methodsOf, resetFactorOf } from './step.ts'

/** Offers every way in that the account has. */
export function MethodsStep({ flow }: { readonly flow: SignInFlow }): JSX.Element {
  const { text } = useHost()
  const reset = resetFactorOf(flow.attempt)
  const factors = [...methodsOf(flow.attempt), ...(reset === undefined ? [] : [reset])]

  function choose(factor: SignInFactor): void {
    if (factor.strategy === 'password') flow.show({ name: 'password' })
    else void flow.send(factor)
  }

  return (
    <Step title={text.signIn.methods.title} subtitle={<SignInIdentity flow={flow} />}>
      <Alert>{summaryOf(flow.task.problem)}</Alert>
      <ul class="core-list">
        {factors.map((factor) => (
          <li key={`${factor.strategy} ${factor.emailAddressId}`}>
            <button
              class="core-formButtonSecondary"
              type="button"
              aria-disabled={flow.task.isBusy ? 'true' : undefined}
              onClick={() => choose(factor)}
            >
              <MethodIcon factor={factor} />
              {labelOf(factor, text)}
            </button>
          </li>
        ))}
      </ul>
    </Step>
  )
}

function MethodIcon({ factor }: { readonly factor: SignInFactor }): JSX.Element {
  if (isReset(factor)) return <ResetIcon />
  if (isLink(factor)) return <LinkIcon />
  return factor.strategy === 'password' ? <KeyIcon /> : <MailIcon />
}

function labelOf(factor: SignInFactor, { signIn: { methods } }: Text): string {
  if (isReset(factor)) return methods.reset
  if (factor.strategy === 'password') return methods.password
  const words = isLink(factor) ? methods.emailLink : methods.emailCode
  return format(words, { address: factor.safeIdentifier ?? '' })
}
