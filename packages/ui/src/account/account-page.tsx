import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useHost, useUniqueId } from '../host.ts'
import { AccountContext, type Account } from './account.ts'
import { useProvenCalls } from './reverification.tsx'

/** A part of the page with an address of its own: `/user/security`. */
export interface Tab {
  readonly name: string
  readonly label: string
  readonly content: ComponentChildren
}

interface AccountPageProps {
  readonly title: string
  readonly subtitle?: ComponentChildren
  readonly tabs: readonly Tab[]
}

/** The frame of a page about an account: a heading, a way from part to part, and the part that is open. */
export function AccountPage({ title, subtitle, tabs }: AccountPageProps): JSX.Element | null {
  const { modal } = useHost()
  const id = useUniqueId()
  const [name, setName] = useState(() => nameInAddress(tabs))
  const headingRef = useRef<HTMLHeadingElement>(null)
  const tab = tabs.find((item) => item.name === name) ?? tabs[0]

  useEffect(() => {
    if (modal !== null) headingRef.current?.focus({ preventScroll: true })
  }, [modal])

  return (
    <AccountFrame>
      <section class="core-page" aria-labelledby={id}>
        <header class="core-pageHeader">
          <h1 class="core-headerTitle" id={id} tabIndex={-1} ref={headingRef}>
            {title}
          </h1>
          {subtitle !== undefined && <p class="core-headerSubtitle">{subtitle}</p>}
          {tabs.length > 1 && (
            <nav class="core-navbar" aria-labelledby={id}>
              {tabs.map((item) => (
                <button
                  key={item.name}
                  class="core-navbarButton"
                  type="button"
                  aria-current={item === tab ? 'page' : undefined}
                  onClick={() => setName(item.name)}
                >
                  {item.label}
                </button>
              ))}
            </nav>
          )}
        </header>
        <div class="core-pageContent" key={tab?.name}>
          {tab?.content}
        </div>
      </section>
    </AccountFrame>
  )
}

/** Gives its children an {@link Account}: for screens that are cards, and for whole pages. */
export function AccountFrame({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const { call, dialog } = useProvenCalls()
  const [message, setMessage] = useState('')
  const account = useMemo<Account>(() => ({ call, announce: setMessage }), [call])
  return (
    <AccountContext.Provider value={account}>
      {children}
      <output class="core-hidden">{message}</output>
      {dialog}
    </AccountContext.Provider>
  )
}

function nameInAddress(tabs: readonly Tab[]): string | undefined {
  return tabs.find(({ name }) => location.pathname.endsWith(`/${name}`))?.name
}
