import type { Clerk } from '@core/js'
import { QUERY } from '@core/protocol'
import type { ComponentChildren, JSX } from 'preact'
import type { Appearance } from './appearance.ts'
import { useHost } from './host.ts'

/** Destinations in the props of a component: its own, and those of the page it links to. */
export interface LinkProps {
  readonly appearance?: Appearance | undefined
  readonly forceRedirectUrl?: string | null | undefined
  readonly fallbackRedirectUrl?: string | null | undefined
  readonly signInForceRedirectUrl?: string | null | undefined
  readonly signInFallbackRedirectUrl?: string | null | undefined
  readonly signUpForceRedirectUrl?: string | null | undefined
  readonly signUpFallbackRedirectUrl?: string | null | undefined
}

type Page = 'SignIn' | 'SignUp'

interface PageLinkProps {
  readonly to: Page
  /** Address of the page, where the application has one of its own. */
  readonly url: string | undefined
  readonly props: LinkProps
  readonly lead: string
  readonly children: ComponentChildren
}

/** "Don't have an account? Sign up": leads to the other page and carries along where the person wants to get. */
export function PageLink({ to, url, props, lead, children }: PageLinkProps): JSX.Element {
  const { clerk, modal } = useHost()
  const href = pageHref(clerk, to, url, props)

  function follow(event: MouseEvent): void {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
    if (!isPlain || event.altKey) return
    event.preventDefault()
    if (modal !== null) modal.replace(to, propsOf(to, props))
    else void clerk.navigate(href)
  }

  return (
    <>
      <span>{lead}</span>
      <a class="core-link core-footerActionLink" href={href} onClick={follow}>
        {children}
      </a>
    </>
  )
}

/** Writes the address of the other page, with what this one was opened with. */
export function pageHref(
  clerk: Clerk,
  to: Page,
  page: string | undefined,
  props: LinkProps,
  ticket: string | null = null,
): string {
  const base = to === 'SignIn' ? clerk.buildSignInUrl() : clerk.buildSignUpUrl()
  const url = new URL(page ? clerk.buildUrlWithAuth(page) : base, location.href)
  for (const [name, value] of Object.entries({
    ...carriedByPage(),
    ...carriedByProps(to, props),
  })) {
    url.searchParams.set(name, value)
  }
  if (ticket !== null) url.searchParams.set(QUERY.ticket, ticket)
  return url.href
}

const CARRIED = [
  QUERY.redirectUrl,
  'sign_in_force_redirect_url',
  'sign_in_fallback_redirect_url',
  'sign_up_force_redirect_url',
  'sign_up_fallback_redirect_url',
]

/** What this page was opened with. The page at the other end decides whether it may be gone to. */
function carriedByPage(): Readonly<Record<string, string>> {
  const query = new URLSearchParams(location.search)
  return Object.fromEntries(
    CARRIED.flatMap((name) => {
      const [value, ...others] = query.getAll(name)
      return value === undefined || others.length > 0 ? [] : [[name, value]]
    }),
  )
}

function carriedByProps(to: Page, props: LinkProps): Readonly<Record<string, string>> {
  const [own, other] = to === 'SignUp' ? ['sign_in', 'sign_up'] : ['sign_up', 'sign_in']
  const next = propsOf(to, props)
  const back = [props.forceRedirectUrl, props.fallbackRedirectUrl]
  return Object.fromEntries(
    [
      [`${own}_force_redirect_url`, back[0]],
      [`${own}_fallback_redirect_url`, back[1]],
      [`${other}_force_redirect_url`, next.forceRedirectUrl],
      [`${other}_fallback_redirect_url`, next.fallbackRedirectUrl],
    ].filter((entry): entry is [string, string] => Boolean(entry[1])),
  )
}

/** Turns the props of one component into those of the other. */
function propsOf(to: Page, props: LinkProps): LinkProps {
  return to === 'SignUp'
    ? {
        appearance: props.appearance,
        forceRedirectUrl: props.signUpForceRedirectUrl,
        fallbackRedirectUrl: props.signUpFallbackRedirectUrl,
        signInForceRedirectUrl: props.forceRedirectUrl,
        signInFallbackRedirectUrl: props.fallbackRedirectUrl,
      }
    : {
        appearance: props.appearance,
        forceRedirectUrl: props.signInForceRedirectUrl,
        fallbackRedirectUrl: props.signInFallbackRedirectUrl,
        signUpForceRedirectUrl: props.forceRedirectUrl,
        signUpFallbackRedirectUrl: props.fallbackRedirectUrl,
      }
}
