import type { CommonProps } from '../props.ts'

/** Props of `<SignUp />`. */
export interface SignUpProps extends CommonProps {
  /** Where the link to the sign-in page leads. Default: the instance's page. */
  readonly signInUrl?: string | undefined
  /** Where the waitlist is, in an application that has a page for it. Default: here. */
  readonly waitlistUrl?: string | undefined
  /** Always goes there after sign-up. */
  readonly forceRedirectUrl?: string | null | undefined
  /** Goes there after sign-up when the page was opened without a `redirect_url`. */
  readonly fallbackRedirectUrl?: string | null | undefined
  /** The same two for somebody who follows the link to sign in. */
  readonly signInForceRedirectUrl?: string | null | undefined
  readonly signInFallbackRedirectUrl?: string | null | undefined
  /** Data that the new user starts with. Anybody can change it in their own browser. */
  readonly unsafeMetadata?: Readonly<Record<string, unknown>> | undefined
  /** Fills the fields. */
  readonly initialValues?:
    | {
        readonly emailAddress?: string | undefined
        readonly username?: string | undefined
        readonly firstName?: string | undefined
        readonly lastName?: string | undefined
      }
    | undefined
}
