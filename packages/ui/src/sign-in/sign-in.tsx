/** The sign-in component: one card, one step at a time. */

import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { InstanceGate, useInstance } from '../instance.tsx'
import { OrganizationChoice } from '../organization-choice.tsx'
import { PageLink } from '../page-link.tsx'
import { Card, LoadingCard } from '../parts/card.tsx'
import { LinkOpened } from '../parts/link-opened.tsx'
import { Loading } from '../parts/loading.tsx'
import { Step } from '../parts/step.tsx'
import { CodeStep } from './code.tsx'
import { useSignIn, type SignInFlow } from './flow.ts'
import { LinkStep } from './link.tsx'
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
  const flow = useSignIn(props)
  const { environment } = useInstance()
  const isClosed = environment.user_settings.sign_up.mode === 'restricted'
  if (flow.completion.isChoosing) return <OrganizationChoice {...flow.completion} />
  if (flow.completion.isLeaving) return <LoadingCard />
  return (
    <Card footer={isClosed ? undefined : <SignUpLink {...props} />}>
      <CurrentStep flow={flow} props={props} key={flow.step.name} />
    </Card>
  )
}

/** The way to an account, or to the list of those who wait for one. */
function SignUpLink(props: SignInProps): JSX.Element {
  const { text } = useHost()
  const { environment } = useInstance()
  const words = text.signIn.start
  const hasWaitlist = environment.user_settings.sign_up.mode === 'waitlist'
  const waitlistUrl =
    props.waitlistUrl || (environment.display_config['waitlist_url'] as string | undefined)
  return (
    <PageLink
      to="SignUp"
      url={(hasWaitlist && waitlistUrl) || props.signUpUrl}
      props={props}
      lead={words.footer}
    >
      {hasWaitlist ? words.footerLink__waitlist : words.footerLink}
    </PageLink>
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
    case 'link':
      return <LinkStep flow={flow} factor={step.factor} />
    case 'link-opened':
      return <LinkOpened status={step.status} onRetry={() => flow.show({ name: 'start' })} />
    case 'methods':
      return <MethodsStep flow={flow} />
    case 'new-password':
      return <NewPasswordStep flow={flow} />
    case 'arriving':
      return <Loading />
    case 'unsupported':
      return (
        <Step title={text.signIn.unsupported.title} subtitle={text.signIn.unsupported.subtitle} />
      )
  }
}
