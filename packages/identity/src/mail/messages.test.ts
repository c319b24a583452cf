import { describe, expect, it } from 'vitest'

import { resolveSettings } from '../instances/settings.ts'
import type { Mail } from './mailer.ts'
import {
  codeMail,
  invitationMail,
  linkMail,
  noAccountMail,
  passwordChangedMail,
  waitlistMail,
} from './messages.ts'

const TO = 'ada@example.com'
const URL = 'https://clerk.example.com/v1/verify?token=t'

/** Every mail of an application by some name. */
const mailsOf = (name: string): Readonly<Record<string, Mail>> => {
  const settings = resolveSettings({ application_name: name })
  const instance = { settings, portalOrigin: 'https://accounts.example.com' }
  return {
    'a code': codeMail(settings, 'sign-in', TO, '123456'),
    'a link': linkMail(settings, 'sign-up', TO, URL),
    'a code for a taken address': codeMail(settings, 'sign-up-taken', TO, '123456'),
    'a link for a taken address': linkMail(settings, 'sign-up-taken', TO, URL),
    'no account': noAccountMail(instance, TO),
    'an invitation': invitationMail(settings, TO, {
      url: URL,
      lifetime: 172_800,
      organization: name,
    }),
    'an invitation into the application': invitationMail(settings, TO, {
      url: URL,
      lifetime: 86_400,
    }),
    'the waitlist': waitlistMail(settings, TO),
    'a new password': passwordChangedMail(settings, TO),
  }
}

describe('a mail', () => {
  it.each(Object.entries(mailsOf('Acme')))('about %s reads like this', (_kind, mail) => {
    expect(`${mail.subject}\n\n${mail.text}`).toMatchSnapshot()
  })

  it.each([
    'Acme\r\nBcc: eve@example.com',
    'Acme\nhttps://evil.example.com\n',
    'Acme\u2028Bcc: eve@example.com',
    'Acme\u0000\u001b[2J',
  ])('has as many lines as ever where a name is %j', (name) => {
    const usual = mailsOf('Acme')
    for (const [kind, { to, subject, text }] of Object.entries(mailsOf(name))) {
      expect(to).toBe(TO)
      expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
      expect(text.split(/[\n\r\u2028]/)).toHaveLength(usual[kind]?.text.split('\n').length ?? 0)
    }
  })

  it('fills nothing into what was filled in', () => {
    expect(mailsOf('{code}{app}')['a code']?.subject).toBe('123456 is your {code}{app} code')
  })

  it('is plain text, so that markup is shown and not followed', () => {
    for (const mail of Object.values(mailsOf('<a href="https://evil.example.com">'))) {
      expect(Object.keys(mail).filter((key) => key !== 'code')).toEqual(['to', 'subject', 'text'])
    }
  })
})
