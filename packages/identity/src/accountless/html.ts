/** What the pages of an application say that somebody began without an account. */

import type { Instance } from '../instances/instance.ts'
import { cardPage, escape } from '../portal/html.ts'

/** Writes the page on which an application is claimed. Nothing happens until its form is sent. */
export function claimPage(instance: Instance, problem: string | null = null): string {
  return cardPage(instance, 'Claim your application', [
    `<p>The application at <code>${escape(instance.frontendApi)}</code> was made without an account, and is deleted when nobody uses it. Claim it to keep it, with its users and settings.</p>`,
    '<form method="post">',
    '<label>Name of the application',
    `<input name="application_name" required maxlength="256" autocomplete="off"${problem === null ? '' : ' aria-invalid="true" aria-describedby="problem"'}></label>`,
    ...(problem === null ? [] : [`<p id="problem" role="alert">${escape(problem)}</p>`]),
    '<button class="button" type="submit">Claim</button>',
    '</form>',
  ])
}

/** Writes the claim page of a server on which only whoever runs it claims. */
export function operatorClaimPage(instance: Instance): string {
  return cardPage(instance, 'Claim your application', [
    '<p>On this server applications are claimed by whoever runs it, with this command:</p>',
    `<pre>core instance claim --instance ${escape(instance.frontendApi)}</pre>`,
  ])
}

/** Writes the page of a claim address that leads to nothing, or no longer. */
export function nothingToClaimPage(instance: Instance): string {
  return cardPage(instance, 'Nothing to claim', [
    '<p class="muted">This address is not valid, or the application has been claimed already.</p>',
  ])
}

/** Writes the page of somebody who may not see keys, or of an address that has none. */
export function noKeysPage(instance: Instance): string {
  return cardPage(instance, 'No keys here', [
    '<p>The keys of an application are shown for a day, in the browser that claimed it. Afterwards this command makes one:</p>',
    `<pre>core key create --instance ${escape(instance.frontendApi)}</pre>`,
  ])
}

/**
 * Writes the page with the keys of an application.
 *
 * @param variables the environment of its app, with a new secret key in it; `null` before one was asked for
 * @param returnTo where its developer came from
 */
export function keysPage(
  instance: Instance,
  variables: Readonly<Record<string, string>> | null,
  returnTo: URL | null,
): string {
  const lines = Object.entries(variables ?? {}).map(([name, value]) => `${name}=${value}`)
  return cardPage(instance, 'Keys', [
    `<p>The application ${escape(instance.settings.application_name)} is yours, and stays.</p>`,
    ...(variables === null
      ? [
          `<p>Publishable key: <code>${escape(instance.publishableKey)}</code></p>`,
          '<form method="post"><button class="button" type="submit">Make a secret key</button></form>',
          '<p>It is shown once, as lines for the <code>.env</code> file of your app. The key that your app has now goes on working.</p>',
        ]
      : [
          '<p>Put these lines into the <code>.env</code> file of your app. The secret key is shown this once.</p>',
          `<pre>${escape(lines.join('\n'))}</pre>`,
        ]),
    ...(returnTo === null
      ? []
      : [`<p><a href="${escape(returnTo.href)}">Back to your app</a></p>`]),
  ])
}
