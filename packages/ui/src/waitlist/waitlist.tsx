/** Takes the address of somebody who would like an account, while there are none to be had. */

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useClerk, useHost } from '../host.ts'
import { InstanceGate, useInstance } from '../instance.tsx'
import { PageLink } from '../page-link.tsx'
import { SubmitButton } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { Step } from '../parts/step.tsx'
import { useTask } from '../task.ts'
import type { WaitlistProps } from './props.ts'

/** Lets people ask for an account. */
export function Waitlist(props: WaitlistProps): JSX.Element {
  const { text } = useHost()
  return (
    <InstanceGate>
      <Card
        footer={
          <PageLink to="SignIn" url={props.signInUrl} props={props} lead={text.waitlist.footer}>
            {text.signUp.start.footerLink}
          </PageLink>
        }
      >
        <WaitlistStep {...props} />
      </Card>
    </InstanceGate>
  )
}

function WaitlistStep({ afterJoinWaitlistUrl }: WaitlistProps): JSX.Element {
  const { text } = useHost()
  const clerk = useClerk()
  const task = useTask()
  const { environment } = useInstance()
  const [hasJoined, setJoined] = useState(false)
  const words = text.waitlist
  if (hasJoined) return <Step key="joined" title={words.joinedTitle} subtitle={words.joined} />

  async function join(emailAddress: string): Promise<void> {
    await clerk.request('/waitlist', { method: 'POST', body: { emailAddress } })
    task.ensureMounted()
    setJoined(true)
    const after = afterJoinWaitlistUrl ?? environment.display_config['after_join_waitlist_url']
    if (typeof after === 'string' && after !== '') await clerk.navigate(after)
  }

  return (
    <Step key="start" title={words.title} subtitle={words.subtitle}>
      <Form task={task} onSubmit={({ emailAddress = '' }) => join(emailAddress)}>
        <Field
          name="emailAddress"
          label={text.field.emailAddress}
          type="email"
          autocomplete="email"
        />
        <SubmitButton isBusy={task.isBusy}>{words.submit}</SubmitButton>
      </Form>
    </Step>
  )
}
