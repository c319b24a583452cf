import type { CommonProps } from '../props.ts'

/** Props of `<Waitlist />`. */
export interface WaitlistProps extends CommonProps {
  /** Where to go once an address is on the list. Default: nowhere. */
  readonly afterJoinWaitlistUrl?: string | undefined
  /** Where the link to the sign-in page leads. Default: the instance's page. */
  readonly signInUrl?: string | undefined
}
