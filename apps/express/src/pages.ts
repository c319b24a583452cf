import type { AuthObject } from '@core/express'
import { html, type Html } from './html.ts'

export function homePage({ userId }: AuthObject): string {
  return page(
    'Core on Express',
    html`
      <h1>Core on Express</h1>
      <p>You are: <strong data-testid="user-id">${userId ?? 'signed out'}</strong></p>
      <div class="actions">
        ${
          userId
            ? html`
                <a href="/dashboard">Open the dashboard</a>
                <button type="button" id="sign-out">Sign out</button>
              `
            : html`
                <a href="/sign-in">Sign in</a>
                <a href="/sign-up">Sign up</a>
              `
        }
      </div>
    `,
  )
}

export function dashboardPage({ userId, sessionId, orgId }: AuthObject): string {
  return page(
    'Dashboard',
    html`
      <h1>Dashboard</h1>
      <dl>
        <dt>User</dt>
        <dd data-testid="user-id">${userId}</dd>
        <dt>Session</dt>
        <dd data-testid="session-id">${sessionId}</dd>
        <dt>Organization</dt>
        <dd data-testid="org-id">${orgId ?? 'none'}</dd>
      </dl>
    `,
  )
}

export function adminPage({ userId, orgId }: AuthObject): string {
  return page(
    'Admin',
    html`
      <h1>Admin</h1>
      <p>
        <strong data-testid="user-id">${userId}</strong> administers
        <strong data-testid="org-id">${orgId}</strong>.
      </p>
    `,
  )
}

/** If the user is not in the organization that the URL asks for, the one before stays active. */
export function organizationPage(slug: string, { orgId, orgSlug, orgRole }: AuthObject): string {
  return page(
    'Organization',
    html`
      <h1>${slug}</h1>
      ${
        orgSlug === slug
          ? html`<p>
              You are <strong data-testid="org-role">${orgRole}</strong> of
              <strong data-testid="org-id">${orgId}</strong>.
            </p>`
          : html`<p data-testid="no-member">You are not a member of this organization.</p>`
      }
    `,
  )
}

function page(title: string, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <link rel="stylesheet" href="/styles.css" />
        <script type="module" src="/client.js"></script>
      </head>
      <body data-publishable-key="${process.env['CLERK_PUBLISHABLE_KEY']}">
        <header>
          <nav aria-label="Main">
            <a href="/">Home</a>
            <a href="/dashboard">Dashboard</a>
            <a href="/admin">Admin</a>
          </nav>
        </header>
        <main>${content}</main>
      </body>
    </html>`.text
}
