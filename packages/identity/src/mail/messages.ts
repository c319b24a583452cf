/**
 * Every mail the server writes, as a table: a mail is a row. Plain text, so nothing in a name can be
 * markup; what is filled in is one line, so nothing in a name can be a header or a paragraph.
 */

import type { Instance } from '../instances/instance.ts'
import type { Settings } from '../instances/settings.ts'
import type { Mail } from './mailer.ts'

interface Template {
  readonly subject: string
  readonly lines: readonly string[]
}

const IGNORE = 'If you did not ask for it, you can ignore this mail.'

/** What stands in braces is filled in. A code or an address to follow has a line of its own. */
const TEMPLATES = {
  code: {
    subject: '{code} is your {app} code',
    lines: [
      'Use this code {purpose} {app}:',
      '',
      '{code}',
      '',
      'It works once, within {lifetime}.',
      IGNORE,
    ],
  },
  link: {
    subject: 'Your {app} link',
    lines: [
      'Follow this link {purpose} {app}:',
      '',
      '{url}',
      '',
      'It works once, within {lifetime}.',
      IGNORE,
    ],
  },
  invitation: {
    subject: 'You are invited to join {organization}',
    lines: [
      'You are invited to join {organization} on {app}:',
      '',
      '{url}',
      '',
      'The link works once, within {lifetime}.',
      'If you did not expect it, you can ignore this mail.',
    ],
  },
  'application-invitation': {
    subject: 'You are invited to join {app}',
    lines: [
      'You are invited to join {app}:',
      '',
      '{url}',
      '',
      'The link works once, within {lifetime}.',
      'If you did not expect it, you can ignore this mail.',
    ],
  },
  'taken-code': {
    subject: '{code} is your {app} code',
    lines: [
      'Somebody, perhaps you, tried to sign up for {app} with your address, which has an account there.',
      'Use this code to sign in to it:',
      '',
      '{code}',
      '',
      'It works once, within {lifetime}.',
      IGNORE,
    ],
  },
  'taken-link': {
    subject: 'Your {app} link',
    lines: [
      'Somebody, perhaps you, tried to sign up for {app} with your address, which has an account there.',
      'Follow this link to sign in to it:',
      '',
      '{url}',
      '',
      'It works once, within {lifetime}.',
      IGNORE,
    ],
  },
  'no-account': {
    subject: 'You have no {app} account with this address',
    lines: [
      'Somebody, perhaps you, tried to sign in to {app} with your address, which has no account there.',
      'If it was you, try another address, or sign up:',
      '',
      '{url}',
      '',
      'If it was not, you can ignore this mail.',
    ],
  },
  waitlist: {
    subject: 'You are on the waitlist of {app}',
    lines: ['You are on the waitlist of {app}. You get a mail when you are let in.', IGNORE],
  },
  'password-changed': {
    subject: 'Your {app} password was changed',
    lines: [
      'The password of your account on {app} was changed.',
      'If it was not you, set a new one at once: choose "Forgot password" where you sign in.',
    ],
  },
} as const satisfies Readonly<Record<string, Template>>

const PURPOSES = {
  'sign-in': 'to sign in to',
  'sign-up': 'to verify your e-mail address for',
  /** Somebody signs up with an address that has an account. The mail says so, the page does not. */
  'sign-up-taken': 'to sign in to',
  'email-address': 'to verify your e-mail address for',
  reverification: 'to confirm that it is you on',
  'reset-password': 'to set a new password for',
  'organization-domain': 'to verify the domain of your organization on',
} as const

/** What a code or link is for. */
export type Purpose = keyof typeof PURPOSES

/** Writes the mail that carries a code. */
export function codeMail(settings: Settings, purpose: Purpose, to: string, code: string): Mail {
  const lifetime = spanOf(settings.code_lifetime)
  const kind = purpose === 'sign-up-taken' ? 'taken-code' : 'code'
  return { ...write(settings, kind, to, { purpose: PURPOSES[purpose], code, lifetime }), code }
}

/** Writes the mail that carries a link. */
export function linkMail(settings: Settings, purpose: Purpose, to: string, url: string): Mail {
  const lifetime = spanOf(settings.email_link_lifetime)
  const kind = purpose === 'sign-up-taken' ? 'taken-link' : 'link'
  return write(settings, kind, to, { purpose: PURPOSES[purpose], url, lifetime })
}

/** Writes the mail that invites somebody into the application, or into an organization of it. */
export function invitationMail(
  settings: Settings,
  to: string,
  invitation: {
    readonly url: string
    /** Seconds. */
    readonly lifetime: number
    /** Default: the application itself. */
    readonly organization?: string
  },
): Mail {
  const { url, lifetime, organization } = invitation
  const values = { url, lifetime: spanOf(lifetime) }
  return organization === undefined
    ? write(settings, 'application-invitation', to, values)
    : write(settings, 'invitation', to, { ...values, organization })
}

/** Writes the mail that tells somebody that they have no account, where a page may not. */
export function noAccountMail(
  { settings, portalOrigin }: Pick<Instance, 'settings' | 'portalOrigin'>,
  to: string,
): Mail {
  const url = settings.sign_up_url || `${portalOrigin}/sign-up`
  return write(settings, 'no-account', to, { url })
}

/** Writes the mail that tells somebody that they wait. */
export function waitlistMail(settings: Settings, to: string): Mail {
  return write(settings, 'waitlist', to, {})
}

/** Writes the mail that tells somebody of their new password. */
export function passwordChangedMail(settings: Settings, to: string): Mail {
  return write(settings, 'password-changed', to, {})
}

function write(
  settings: Settings,
  kind: keyof typeof TEMPLATES,
  to: string,
  values: Readonly<Record<string, string>>,
): Mail {
  const all: Readonly<Record<string, string>> = { ...values, app: settings.application_name }
  const fill = (line: string): string =>
    line.replaceAll(/\{(\w+)\}/g, (_, name: string) => oneLine(all[name] ?? ''))
  const { subject, lines } = TEMPLATES[kind]
  return { to, subject: fill(subject), text: `${lines.map(fill).join('\n')}\n` }
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
}

const DAY = 24 * 60 * 60

function spanOf(seconds: number): string {
  const [count, unit] =
    seconds >= DAY
      ? [Math.floor(seconds / DAY), 'day']
      : [Math.max(1, Math.floor(seconds / 60)), 'minute']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
