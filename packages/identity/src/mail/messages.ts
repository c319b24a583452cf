import type { Settings } from '../instances/settings.ts'
import type { Mail } from './mailer.ts'

const PURPOSES = {
  'sign-in': 'to sign in to',
  'sign-up': 'to verify your e-mail address for',
  'reset-password': 'to set a new password for',
  'organization-domain': 'to verify the domain of your organization on',
} as const

/** What a code is for. */
export type CodePurpose = keyof typeof PURPOSES

/** Writes the mail that carries a code. The code stands on a line of its own, to be found by eye and by machine. */
export function codeMail(settings: Settings, purpose: CodePurpose, to: string, code: string): Mail {
  const minutes = Math.max(1, Math.floor(settings.code_lifetime / 60))
  return {
    to,
    code,
    subject: `${code} is your ${settings.application_name} code`.replaceAll(/[\r\n]+/g, ' '),
    text: [
      `Use this code ${PURPOSES[purpose]} ${settings.application_name}:`,
      '',
      code,
      '',
      `It works once, within ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
      'If you did not ask for it, you can ignore this mail.',
      '',
    ].join('\n'),
  }
}

/** Writes the mail that invites somebody into an organization. The name holds no markup and no address. */
export function invitationMail(
  settings: Settings,
  to: string,
  organizationName: string,
  url: string,
): Mail {
  const days = Math.max(1, Math.floor(settings.invitation_lifetime / (24 * 60 * 60)))
  return {
    to,
    subject: `You are invited to join ${organizationName}`.replaceAll(/[\r\n]+/g, ' '),
    text: [
      `You are invited to join ${organizationName} on ${settings.application_name}:`,
      '',
      url,
      '',
      `The link works once, within ${days} ${days === 1 ? 'day' : 'days'}.`,
      'If you did not expect it, you can ignore this mail.',
      '',
    ].join('\n'),
  }
}
