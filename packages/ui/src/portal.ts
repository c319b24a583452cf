/**
 * The Account Portal: pages of the identity server itself. The page is
 * `<div id="core" data-page="sign-in" data-publishable-key="pk_…">` and this module.
 */

import { Clerk, type ComponentName } from '@core/js'
import { mount, openModal } from './mount.tsx'
import { PORTAL_CSS } from './styles/portal.ts'
import { adoptStyles } from './styles/sheet.ts'

interface Page {
  readonly component: ComponentName
  /** Whether it is about the one who looks at it. */
  readonly needsUser: boolean
}

/** The pages, by the last part of their addresses. */
// oxfmt-ignore
const PAGES: ReadonlyMap<string, Page> = new Map([
  ['sign-in',             { component: 'SignIn',              needsUser: false }],
  ['sign-up',             { component: 'SignUp',              needsUser: false }],
  ['waitlist',            { component: 'Waitlist',            needsUser: false }],
  ['user',                { component: 'UserProfile',         needsUser: true }],
  ['organization',        { component: 'OrganizationProfile', needsUser: true }],
  ['organization-list',   { component: 'OrganizationList',    needsUser: true }],
  ['create-organization', { component: 'CreateOrganization',  needsUser: true }],
])

/** Starts the page, without waiting for the client: the component shows that it is on its way. */
function openPortal(node: HTMLElement): void {
  const page = PAGES.get(node.dataset['page'] ?? '')
  if (page === undefined) throw new TypeError('The portal has no such page. See data-page.')

  adoptStyles(node, [PORTAL_CSS])
  const clerk = new Clerk(node.dataset['publishableKey'] ?? '', {
    loadUi: () => Promise.resolve({ mount, openModal }),
  })
  if (page.needsUser) {
    clerk.subscribe(() => {
      if (clerk.session === null) void clerk.redirectToSignIn()
    })
    drawHeader(node, clerk)
  }
  mount(page.component, node, {}, clerk)
  void clerk.load()
}

/** Draws the way from page to page, above the page. */
function drawHeader(node: HTMLElement, clerk: Clerk): void {
  const header = document.createElement('header')
  header.className = 'core-portalHeader'
  const switcher = document.createElement('div')
  const button = document.createElement('div')
  header.append(switcher, button)
  node.append(header)
  mount('OrganizationSwitcher', switcher, SWITCHER_PROPS, clerk)
  mount('UserButton', button, { userProfileMode: 'navigation', userProfileUrl: '/user' }, clerk)
}

// Each of these has a page of its own here.
const SWITCHER_PROPS = {
  organizationProfileMode: 'navigation',
  organizationProfileUrl: '/organization',
  createOrganizationMode: 'navigation',
  createOrganizationUrl: '/create-organization',
}

const node = document.querySelector<HTMLElement>('#core')
if (node !== null) openPortal(node)
