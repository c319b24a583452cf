import type { Instance } from '../instances/instance.ts'
import { answerPage } from '../portal/answer.ts'
import { cardPage, escape } from '../portal/html.ts'

/**
 * Answers with the page that asks whoever opened a link whether they meant to. The form goes to the address
 * of the page itself, which knows the link; the answer to it leads on to the app.
 */
export function confirmPage(instance: Instance, target: URL): Response {
  const application = escape(instance.settings.application_name)
  const page = cardPage(instance, 'Was it you?', [
    `<p class="muted">Somebody gave your email address to ${application} in another browser, and asked for this link. If it was you, confirm it, then go back there.</p>`,
    '<form method="post"><button class="button" type="submit">Yes, it was me</button></form>',
    '<p class="muted">If it was not, close this page. Nothing has happened yet.</p>',
  ])
  return answerPage(instance, page, { formTarget: target })
}
