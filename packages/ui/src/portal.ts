/**
 * The Account Portal: pages of the identity server itself. The page is
 * `<div id="core" data-page="sign-in" data-publishable-key="pk_…">` and this module.
 */

import { Clerk, type ComponentName } from '@core/js'
import { mount, openModal } from './mount.tsx'
import { PORTAL_CSS } from './styles/portal.ts'
import { adoptStyles } from './styles/sheet.ts'

const PAGES: ReadonlyMap<string, ComponentName> = new Map([
  ['sign-in', 'SignIn'],
  ['sign-up', 'SignUp'],
])

/** Starts the page, without waiting for the client: the component shows that it is on its way. */
function openPortal(node: HTMLElement): void {
  const component = PAGES.get(node.dataset['page'] ?? '')
  if (component === undefined) throw new TypeError('The portal has no such page. See data-page.')

  adoptStyles(node, [PORTAL_CSS])
  const clerk = new Clerk(node.dataset['publishableKey'] ?? '', {
    loadUi: () => Promise.resolve({ mount, openModal }),
  })
  mount(component, node, {}, clerk)
  void clerk.load()
}

const node = document.querySelector<HTMLElement>('#core')
if (node !== null) openPortal(node)
