/** The sign-up component: one card, one step at a time. */

import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { InstanceGate, useInstance } from '../instance.tsx'
import { Lazy } from '../lazy.tsx'
import { OrganizationChoice } from '../organization-choice.tsx'
import { PageLink } from '../page-link.tsx'
import { Card, LoadingCard } from '../parts/card.tsx'
import { Identity } from '../parts/identity.tsx'
import { LinkOpened } from '../parts/link-opened.tsx'
import { Loading } from '../parts/loading.tsx'
import { Step } from '../parts/step.tsx'
import type { Screen } from '../screen.ts'
import { AddressStep } from './address.tsx'
import { ClosedStep } from './closed.tsx'
import { CodeStep } from './code.tsx'
import { DetailsStep } from './details.tsx'
import { fieldsOf } from './fields.ts'
import { useSignUp, type SignUpFlow } from './flow.ts'
import { LinkStep } from './link.tsx'
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
  const { environment } = useInstance()
  if (flow.completion.isChoosing) return <OrganizationChoice {...flow.completion} />
  if (flow.completion.isLeaving) return <LoadingCard />
  const hasWaitlist = environment.user_settings.sign_up.mode === 'waitlist' && !props.waitlistUrl
  if (hasWaitlist && flow.step.name === 'closed' && flow.task.problem === null) {
    return <Lazy load={loadWaitlist} props={props} />
  }
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

const loadWaitlist = async (): Promise<Screen> => (await import('../waitlist/screen.ts')).screen

function CurrentStep({
  flow,
  props,
}: {
  readonly flow: SignUpFlow
  readonly props: SignUpProps
}): JSX.Element {
  const { text } = useHost()
  const { environment } = useInstance()
  const { step } = flow
  const common = { flow, initialValues: props.initialValues }
  switch (step.name) {
    case 'start':
      return (
        <DetailsStep
          {...common}
          title={text.signUp.start.title}
          subtitle={text.signUp.start.subtitle}
          fields={fieldsOf(environment)}
          onSubmit={flow.create}
        />
      )
    case 'arriving':
      return <Loading />
    case 'invited':
      return (
        <DetailsStep
          {...common}
          title={text.signUp.invited.title}
          subtitle={
            <Identity
              lead={text.signUp.invited.lead}
              value={flow.attempt.emailAddress ?? ''}
              label={text.field.emailAddress}
            />
          }
          fields={fieldsOf(environment).filter(({ name }) => name !== 'emailAddress')}
          onSubmit={flow.update}
        />
      )
    case 'missing':
      return (
        <DetailsStep
          {...common}
          title={text.signUp.missing.title}
          subtitle={text.signUp.missing.subtitle}
          fields={fieldsOf(environment, step.fields)}
          onSubmit={flow.update}
        />
      )
    case 'code':
      return <CodeStep flow={flow} />
    case 'link':
      return <LinkStep flow={flow} />
    case 'link-opened':
      return <LinkOpened status={step.status} onRetry={() => flow.show({ name: 'start' })} />
    case 'address':
      return <AddressStep flow={flow} />
    case 'closed':
      return <ClosedStep flow={flow} waitlistUrl={props.waitlistUrl} />
    case 'unsupported':
      return (
        <Step title={text.signUp.unsupported.title} subtitle={text.signUp.unsupported.subtitle} />
      )
  }
}
