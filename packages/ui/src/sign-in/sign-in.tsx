/** The sign-in component: one card, one step at a time. */

import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { InstanceGate } from '../instance.tsx'
import { PageLink } from '../page-link.tsx'
import { Card, LoadingCard } from '../parts/card.tsx'
import { Step } from '../parts/step.tsx'
import { CodeStep } from './code.tsx'
import { useSignIn, type SignInFlow } from './flow.ts'
import { MethodsStep } from './methods.tsx'
import { NewPasswordStep } from './new-password.tsx'
import { PasswordStep } from './password.tsx'
import type { SignInProps } from './props.ts'
import { StartStep } from './start.tsx'

/** Signs somebody in and sends them on. */
export function SignIn(props: SignInProps): JSX.Element {
  return (
    <InstanceGate>
      <SignInCard {...props} />
    </InstanceGate>
  )
}

function SignInCard(props: SignInProps): JSX.Element {
  const { text } = useHost()
  const flow = useSignIn(props)
  if (flow.isLeaving) return <LoadingCard />
  return (
    <Card
      footer={
        <PageLink to="SignUp" url={props.signUpUrl} props={props} lead={text.signIn.start.footer}>
          {text.signIn.start.footerLink}
        </PageLink>
      }
    >
      <CurrentStep flow={flow} props={props} key={flow.step.name} />
    </Card>
  )
}

function CurrentStep({
  flow,
  props,
}: {
  readonly flow: SignInFlow
  readonly props: SignInProps
}): JSX.Element {
  const { text } = useHost()
  const { step } = flow
  switch (step.name) {
    case 'start':
      return <StartStep flow={flow} initialValues={props.initialValues} />
    case 'password':
      return <PasswordStep flow={flow} />
    case 'code':
      return <CodeStep flow={flow} factor={step.factor} key={step.factor.strategy} />
    case 'methods':
      return <MethodsStep flow={flow} />
    case 'new-password':
      return <NewPasswordStep flow={flow} />
    case 'unsupported':
      return (
        <Step title={text.signIn.unsupported.title} subtitle={text.signIn.unsupported.subtitle} />
      )
  }
}
