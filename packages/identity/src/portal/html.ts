import type { Instance } from '../instances/instance.ts'
import type { OutboxMail } from '../mail/outbox.ts'

/** Titles of the portal's pages, by their paths. */
export const PORTAL_PAGES = {
  'sign-in': 'Sign in',
  'sign-up': 'Sign up',
  user: 'Account',
  organization: 'Organization',
  'organization-list': 'Organizations',
  'create-organization': 'Create an organization',
  waitlist: 'Waitlist',
} as const

/** Path of a portal page, without its slash. */
export type PortalPage = keyof typeof PORTAL_PAGES

/** Writes a portal page: an empty place that the portal's script fills. */
export function portalPage(instance: Instance, page: PortalPage, isBuilt: boolean): string {
  const title = PORTAL_PAGES[page]
  if (!isBuilt) {
    return cardPage(instance, 'The Account Portal is not built', [
      '<p class="muted">Build the package <code>@core/ui</code>, then reload this page.</p>',
    ])
  }
  return writePage(
    instance,
    title,
    [
      `<div id="core" data-page="${page}" data-publishable-key="${escape(instance.publishableKey)}"></div>`,
      `<noscript>${card(instance, title, ['<p class="muted">This page needs JavaScript.</p>'])}</noscript>`,
      '<script type="module" src="/assets/portal.js"></script>',
    ].join('\n'),
  )
}

/** Writes the page of a request that would send somebody to a place that is not allowed. */
export function refusalPage(instance: Instance): string {
  return cardPage(instance, 'Address not allowed', [
    '<p class="muted">The page that sent you here wants you to return to an address that this server does not know. Its owner can add the origin to the setting <code>allowed_origins</code>.</p>',
  ])
}

/** Writes the page of a request that was refused, with a way on. */
export function problemPage(instance: Instance, title: string, sentence: string): string {
  return cardPage(instance, title, [
    `<p class="muted">${escape(sentence)}</p>`,
    `<a class="button" href="${escape(instance.portalOrigin)}/sign-in">Go to sign-in</a>`,
  ])
}

/** Writes the page that says what this server is. */
export function homePage(instance: Instance): string {
  const links = [
    ['/sign-in', 'Sign in'],
    ['/sign-up', 'Sign up'],
    ['/user', 'Account'],
    ...(instance.settings.organizations ? [['/organization', 'Organization']] : []),
    ...(instance.type === 'development' ? [['/dev/outbox', 'Outbox']] : []),
  ]
  return cardPage(instance, instance.settings.application_name, [
    '<p class="muted">This is the identity server: it keeps users and sessions, and signs people in for your apps.</p>',
    '<ul class="links">',
    ...links.map(([href = '', label = '']) => `<li><a href="${href}">${label}</a></li>`),
    '</ul>',
    '<h2>Keys</h2>',
    `<p>Publishable key: <code>${escape(instance.publishableKey)}</code></p>`,
    '<p class="muted">Run <code>core keys</code> to see the secret key.</p>',
  ])
}

/** Writes the list of mails that were kept instead of sent. */
export function outboxPage(instance: Instance, mails: readonly OutboxMail[]): string {
  const items = mails.map((mail) =>
    [
      '<li><article class="card">',
      `<h2>${escape(mail.subject)}</h2>`,
      `<p class="muted">To <strong>${escape(mail.to)}</strong>, <time datetime="${new Date(mail.created_at).toISOString()}">${new Date(mail.created_at).toUTCString()}</time></p>`,
      `<pre>${escape(mail.text)}</pre>`,
      '</article></li>',
    ].join('\n'),
  )
  return writePage(
    instance,
    'Outbox',
    [
      '<main>',
      '<h1>Outbox</h1>',
      '<p class="muted">Mails of this development instance are kept here instead of being sent, newest first.</p>',
      mails.length === 0
        ? '<p>There are none yet.</p>'
        : `<ol class="mails">${items.join('\n')}</ol>`,
      '</main>',
    ].join('\n'),
  )
}

/** Writes a page that is one card, under the logo of the instance if it has one. */
export function cardPage(instance: Instance, title: string, body: readonly string[]): string {
  return writePage(instance, title, card(instance, title, body))
}

function card({ settings }: Instance, title: string, body: readonly string[]): string {
  const { logo_image_url: logo, application_name: application } = settings
  return [
    '<main data-size="small">',
    '<div class="card">',
    ...(logo ? [`<img class="logo" src="${escape(logo)}" alt="${escape(application)}">`] : []),
    `<h1>${escape(title)}</h1>`,
    ...body,
    '</div>',
    '</main>',
  ].join('\n')
}

/** Writes a whole page of the server around a body. */
function writePage(instance: Instance, title: string, body: string): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escape(title)} – ${escape(instance.settings.application_name)}</title>`,
    `<link rel="icon" href="${escape(instance.settings.favicon_image_url || 'data:,')}">`,
    '<link rel="stylesheet" href="/assets/core.css">',
    '</head>',
    '<body>',
    body,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

/** Writes text as text, in elements and in attributes. */
export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
