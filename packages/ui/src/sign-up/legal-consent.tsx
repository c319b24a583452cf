import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { Checkbox } from '../parts/checkbox.tsx'

/** Asks to agree to the documents of the application that there are. */
export function LegalConsent({ name }: { readonly name: string }): JSX.Element {
  const { text } = useHost()
  const { environment } = useInstance()
  const { terms_url: terms, privacy_policy_url: privacy } = environment.display_config as {
    readonly terms_url?: string
    readonly privacy_policy_url?: string
  }
  const words = text.legal
  const links: Readonly<Record<string, JSX.Element>> = {
    '{{terms}}': <DocumentLink url={terms}>{words.termsLink}</DocumentLink>,
    '{{privacy}}': <DocumentLink url={privacy}>{words.privacyLink}</DocumentLink>,
  }
  const sentence = terms
    ? privacy
      ? words.both
      : words.terms
    : privacy
      ? words.privacy
      : words.neither
  const label = sentence.split(/(\{\{\w+\}\})/).map((part) => links[part] ?? part)
  return <Checkbox name={name} label={<span>{label}</span>} isRequired />
}

function DocumentLink(props: {
  readonly url: string | undefined
  readonly children: string
}): JSX.Element {
  // What was filled in so far stays where it is.
  return (
    <a class="core-textLink" href={props.url ?? ''} target="_blank" rel="noreferrer">
      {props.children}
    </a>
  )
}
