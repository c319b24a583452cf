import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useAccount } from '../account/account.ts'
import { CodePanel } from '../account/code-panel.tsx'
import { ActionForm, Disclosure } from '../account/disclosure.tsx'
import { ListView } from '../account/list-view.tsx'
import { Removal } from '../account/removal.tsx'
import { Item, Section } from '../account/section.tsx'
import { useList } from '../account/use-list.ts'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { Field } from '../parts/field.tsx'
import { Select } from '../parts/select.tsx'
import { useTask } from '../task.ts'
import { format } from '../text/format.ts'
import type { DomainJSON, OrganizationJSON } from './wire.ts'

/** Domains whose people belong to the organization. */
export function DomainsSection(props: {
  readonly organization: OrganizationJSON
  readonly mayManage: boolean
}): JSX.Element {
  const { text } = useHost()
  const { call } = useAccount()
  const path = `/organizations/${props.organization.id}/domains`
  const list = useList<DomainJSON>(path)
  const words = text.organization.domains

  return (
    <Section title={words.title}>
      <ListView list={list} empty={words.none}>
        {(domain) => (
          <DomainItem
            key={domain.id}
            domain={domain}
            path={`${path}/${domain.id}`}
            mayManage={props.mayManage}
            onChange={list.reload}
          />
        )}
      </ListView>
      {props.mayManage && (
        <Disclosure label={words.add}>
          {(close) => (
            <ActionForm
              submit={words.add}
              onSubmit={async (body) => {
                await call(path, { method: 'POST', body })
                await list.reload()
              }}
              onClose={close}
            >
              <Field name="name" kind="domain" label={text.field.domain} autocomplete="off" />
            </ActionForm>
          )}
        </Disclosure>
      )}
    </Section>
  )
}

interface DomainProps {
  readonly domain: DomainJSON
  readonly path: string
  readonly onChange: () => Promise<void>
}

function DomainItem(props: DomainProps & { readonly mayManage: boolean }): JSX.Element {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const { domain, path, onChange } = props
  const words = text.organization.domains
  const isVerified = domain.affiliation_verification?.status === 'verified'
  const mode = domain.enrollment_mode as 'manual_invitation'
  const name = { domain: domain.name }

  return (
    <Item
      title={domain.name}
      detail={isVerified ? words[mode] : undefined}
      badges={isVerified ? [] : [words.unverified]}
    >
      {props.mayManage && (
        <>
          {isVerified ? (
            <Disclosure label={words.enrollment}>
              {(close) => <EnrollmentForm {...props} onClose={close} />}
            </Disclosure>
          ) : (
            <Disclosure label={words.verify} description={format(words.verifyOne, name)}>
              {(close) => <DomainProof {...props} onClose={close} />}
            </Disclosure>
          )}
          <Removal
            title={format(words.removeOne, name)}
            warning={words.removeWarning}
            onRemove={async () => {
              await call(path, { method: 'DELETE' })
              announce(format(words.removed, name))
              await onChange()
            }}
          />
        </>
      )}
    </Item>
  )
}

type FormProps = DomainProps & { readonly onClose: () => void }

function EnrollmentForm({ domain, path, onChange, onClose }: FormProps): JSX.Element {
  const { text } = useHost()
  const { call } = useAccount()
  const { environment } = useInstance()
  const [mode, setMode] = useState(domain.enrollment_mode)
  const words = text.organization.domains
  const { domains } = environment.organization_settings as {
    readonly domains?: { readonly enrollment_modes?: readonly (keyof typeof words)[] }
  }
  const modes = (domains?.enrollment_modes ?? []).flatMap((key) =>
    Object.hasOwn(words, key) ? [{ key, name: words[key] }] : [],
  )
  return (
    <ActionForm
      submit={text.save}
      onSubmit={async () => {
        const body = { enrollmentMode: mode }
        await call(`${path}/update_enrollment_mode`, { method: 'POST', body })
        await onChange()
      }}
      onClose={onClose}
    >
      <Select
        options={modes}
        value={mode}
        label={text.field.enrollmentMode}
        isLabelled
        onChange={({ key }) => setMode(key)}
      />
    </ActionForm>
  )
}

/** Proves a domain by a code that is sent to an address at it. */
function DomainProof({ domain, path, onChange, onClose }: FormProps): JSX.Element {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const task = useTask()
  const [address, setAddress] = useState<string | null>(null)
  const words = text.organization.domains

  async function send(to: string): Promise<void> {
    const body = { affiliationEmailAddress: to }
    await call(`${path}/prepare_affiliation_verification`, { method: 'POST', body })
    setAddress(to)
  }

  if (address === null) {
    return (
      <ActionForm
        submit={text.continue}
        staysOpen
        onSubmit={({ affiliationEmailAddress = '' }) => send(affiliationEmailAddress)}
        onClose={onClose}
      >
        <Field
          name="affiliationEmailAddress"
          kind="emailAddress"
          label={text.field.affiliationEmailAddress}
          type="email"
          autocomplete="email"
        />
      </ActionForm>
    )
  }
  return (
    <CodePanel
      task={task}
      address={address}
      onSubmit={async (code) => {
        const body = { code }
        await call(`${path}/attempt_affiliation_verification`, { method: 'POST', body })
        announce(format(words.verified, { domain: domain.name }))
        await onChange()
        onClose()
      }}
      onResend={() => task.run(() => send(address))}
      onClose={onClose}
    />
  )
}
