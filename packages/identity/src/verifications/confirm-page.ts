import type { Instance } from '../instances/instance.ts'
import { writePage } from '../portal/html.ts'

/**
 * Answers with the page that asks whoever opened a link whether they meant to. The form goes to the address
 * of the page itself, which knows the link; the answer to it leads on to the app.
 */
export function confirmPage(instance: Instance, target: URL): Response {
  // Apps have schemes, and no origins.
  const source = target.origin === 'null' ? target.protocol : target.origin
  const body = [
    '<main>',
    '<h1>Was it you?</h1>',
    '<p>Somebody gave your e-mail address in another browser, and asked for this link. If it was you, confirm it, then go back there.</p>',
    '<form method="post"><button type="submit">Yes, it was me</button></form>',
    '<p>If it was not, close this page. Nothing has happened yet.</p>',
    '</main>',
  ].join('\n')
  return new Response(writePage(instance, 'Was it you?', body), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, no-store',
      'content-security-policy': [
        "default-src 'none'",
        "style-src 'self'",
        'img-src data:',
        "base-uri 'none'",
        // Browsers hold the redirect after the form to this as well.
        `form-action 'self' ${source}`,
        "frame-ancestors 'none'",
      ].join('; '),
      'referrer-policy': 'no-referrer',
    },
  })
}
