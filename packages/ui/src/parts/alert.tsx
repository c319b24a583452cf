import type { ComponentChildren, JSX } from 'preact'

/** A message about the whole form. Always in the document, so that screen readers notice when it fills. */
export function Alert({ children }: { readonly children?: ComponentChildren }): JSX.Element {
  return (
    <div class="core-alert" role="alert">
      {children}
    </div>
  )
}

/** Polite news: a code was sent again. */
export function Status({ children }: { readonly children?: ComponentChildren }): JSX.Element {
  return <output class="core-status">{children}</output>
}
