import { createContext, type ComponentChildren, type Context, type JSX } from 'preact'
import { useContext, useLayoutEffect, useRef } from 'preact/hooks'
import { useHost, useUniqueId, type Host } from '../host.ts'

/** Carries the id of the title that names a form. */
export const TitleContext: Context<string> = createContext('')

/** Reads the id of the step's title, which names the step's form. */
export function useTitleId(): string {
  return useContext(TitleContext)
}

/** Reads the id of the step's form, for a field that stands outside it. */
export function useFormId(): string {
  return `${useTitleId()}-form`
}

interface StepProps {
  readonly title: string
  readonly subtitle?: ComponentChildren
  readonly children?: ComponentChildren
}

/** One screen of a flow. Give it a `key`, so that the next one enters anew and takes the focus. */
export function Step({ title, subtitle, children }: StepProps): JSX.Element {
  const host = useHost()
  const id = useUniqueId()
  const ref = useRef<HTMLDivElement>(null)
  const logo = host.clerk.environment?.display_config.logo_image_url
  const application = host.clerk.environment?.display_config.application_name

  useLayoutEffect(() => {
    if (ref.current !== null && mayTakeFocus(host)) focusFirst(ref.current)
    host.focus.enter()
  }, [host])

  return (
    <TitleContext.Provider value={id}>
      <div class="core-step" ref={ref}>
        <div class="core-header">
          {logo && <img class="core-logoImage" src={logo} alt={application ?? ''} />}
          <h1 class="core-headerTitle" id={id} tabIndex={-1}>
            {title}
          </h1>
          {subtitle !== undefined && <div class="core-headerSubtitle">{subtitle}</div>}
        </div>
        {children}
      </div>
    </TitleContext.Provider>
  )
}

// A component that appears in the middle of a page must not pull the reader to itself.
function mayTakeFocus({ focus, modal }: Host): boolean {
  return focus.hasEntered() || modal !== null || document.activeElement === document.body
}

function focusFirst(step: HTMLElement): void {
  const target =
    step.querySelector<HTMLElement>('input:not([readonly]):not([tabindex="-1"])') ??
    step.querySelector<HTMLElement>('h1')
  target?.focus({ preventScroll: true })
}
