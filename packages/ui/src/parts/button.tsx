import type { ComponentChildren, JSX } from 'preact'

interface SubmitButtonProps {
  readonly isBusy: boolean
  readonly isDanger?: boolean
  readonly children: ComponentChildren
}

/** Submits its form. While busy it keeps its size, its focus and its name, and shows a spinner. */
export function SubmitButton({
  isBusy,
  isDanger = false,
  children,
}: SubmitButtonProps): JSX.Element {
  return (
    <button
      class="core-formButtonPrimary"
      type="submit"
      data-danger={isDanger ? '' : undefined}
      aria-busy={isBusy}
      aria-disabled={isBusy ? 'true' : undefined}
    >
      <span class="core-buttonLabel">{children}</span>
      {isBusy && <span class="core-spinner" aria-hidden="true" />}
    </button>
  )
}

interface LinkButtonProps {
  readonly onClick: () => void
  readonly isDisabled?: boolean
  readonly label?: string
  readonly children: ComponentChildren
}

/** A button that reads as a link. Disabled, it keeps the focus that a person put on it. */
export function LinkButton({
  onClick,
  isDisabled = false,
  label,
  children,
}: LinkButtonProps): JSX.Element {
  return (
    <button
      class="core-link"
      type="button"
      aria-label={label}
      aria-disabled={isDisabled ? 'true' : undefined}
      onClick={() => {
        if (!isDisabled) onClick()
      }}
    >
      {children}
    </button>
  )
}
