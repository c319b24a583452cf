/** The sign-up component: one card, one step at a time. */

import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { InstanceGate } from '../instance.tsx'
import { PageLink } from '../page-link.tsx'
import { Card, LoadingCard } from '../parts/card.tsx'
import { Step } from '../parts/step.tsx'
import { AddressStep } from './address.tsx'
import { CodeStep } from './code.tsx'
import { DetailsStep } from './details.tsx'
import { useSignUp, type SignUpFlow } from './flow.ts'
import type { SignUpProps } from './props.ts'

/** Creates an account, signs its owner in and sends them on. */
export function SignUp(props: SignUpProps): JSX.Element {
  return (
    <InstanceGate>
      <SignUpCard {...props} />
    </InstanceGate>
  )
}

function SignUpCard(props: SignUpProps): JSX.Element {
  const { text } = useHost()
  const flow = useSignUp(props)
  if (flow.isLeaving) return <LoadingCard />
  return (
    <Card
      footer={
        <PageLink to="SignIn" url={props.signInUrl} props={props} lead={text.signUp.start.footer}>
          {text.signUp.start.footerLink}
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
  readonly flow: SignUpFlow
  readonly props: SignUpProps
}): JSX.Element {
  const { text } = useHost()
  const { step } = flow
  switch (step.name) {
    case 'start':
      return (
        <DetailsStep
          words={text.signUp.start}
          flow={flow}
          initialValues={props.initialValues}
          onSubmit={flow.create}
        />
      )
    case 'missing':
      return (
        <DetailsStep
          words={text.signUp.missing}
          flow={flow}
          only={step.fields}
          initialValues={props.initialValues}
          onSubmit={flow.update}
        />
      )
    case 'code':
      return <CodeStep flow={flow} />
    case 'address':
      return <AddressStep flow={flow} />
    case 'closed':
      return <Step title={text.signUp.closed.title} subtitle={text.signUp.closed.subtitle} />
    case 'unsupported':
      return (
        <Step title={text.signUp.unsupported.title} subtitle={text.signUp.unsupported.subtitle} />
      )
  }
}
