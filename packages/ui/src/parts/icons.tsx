import type { ComponentChildren, JSX } from 'preact'

function Icon({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <svg
      width="18"
      height="18"
      viewBox="0 0 18 18"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  )
}

export function EyeIcon(): JSX.Element {
  return (
    <Icon>
      <path d="M1.75 9S4.25 3.75 9 3.75 16.25 9 16.25 9 13.75 14.25 9 14.25 1.75 9 1.75 9Z" />
      <circle cx="9" cy="9" r="2.25" />
    </Icon>
  )
}

export function EyeOffIcon(): JSX.Element {
  return (
    <Icon>
      <path d="M1.75 9S4.25 3.75 9 3.75 16.25 9 16.25 9 13.75 14.25 9 14.25 1.75 9 1.75 9Z" />
      <circle cx="9" cy="9" r="2.25" />
      <path d="m2.75 2.75 12.5 12.5" />
    </Icon>
  )
}

export function MailIcon(): JSX.Element {
  return (
    <Icon>
      <rect x="2" y="3.75" width="14" height="10.5" rx="2" />
      <path d="m2.5 5.75 6.5 4.5 6.5-4.5" />
    </Icon>
  )
}

export function LinkIcon(): JSX.Element {
  return (
    <Icon>
      <path d="M7.5 10.5a3 3 0 0 0 4.24 0l2.5-2.5A3 3 0 0 0 10 3.76l-.75.75" />
      <path d="M10.5 7.5a3 3 0 0 0-4.24 0l-2.5 2.5A3 3 0 0 0 8 14.24l.75-.75" />
    </Icon>
  )
}

export function KeyIcon(): JSX.Element {
  return (
    <Icon>
      <rect x="3" y="8" width="12" height="7.25" rx="1.75" />
      <path d="M5.75 8V5.5a3.25 3.25 0 0 1 6.5 0V8" />
    </Icon>
  )
}

export function ResetIcon(): JSX.Element {
  return (
    <Icon>
      <path d="M3 9a6 6 0 1 0 1.9-4.4L3 6.4" />
      <path d="M3 2.75V6.4h3.65" />
    </Icon>
  )
}

export function SignOutIcon(): JSX.Element {
  return (
    <Icon>
      <path d="M7 15.25H4.25a1.5 1.5 0 0 1-1.5-1.5v-9.5a1.5 1.5 0 0 1 1.5-1.5H7" />
      <path d="M11.5 12.5 15 9l-3.5-3.5M15 9H7" />
    </Icon>
  )
}

export function CloseIcon(): JSX.Element {
  return (
    <Icon>
      <path d="m4.5 4.5 9 9M13.5 4.5l-9 9" />
    </Icon>
  )
}

export function DeviceIcon(): JSX.Element {
  return (
    <Icon>
      <rect x="2.5" y="3" width="13" height="9" rx="1.5" />
      <path d="M6.5 15h5M9 12v3" />
    </Icon>
  )
}

export function PlusIcon(): JSX.Element {
  return (
    <Icon>
      <path d="M9 3.5v11M3.5 9h11" />
    </Icon>
  )
}

export function SettingsIcon(): JSX.Element {
  return (
    <Icon>
      <circle cx="9" cy="6" r="2.75" />
      <path d="M3.5 15.25c.4-2.9 2.6-4.25 5.5-4.25s5.1 1.35 5.5 4.25" />
    </Icon>
  )
}

export function SwitchIcon(): JSX.Element {
  return (
    <Icon>
      <path d="m6 7 3-3 3 3M6 11l3 3 3-3" />
    </Icon>
  )
}
