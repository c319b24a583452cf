import type { CommonProps } from '../props.ts'

/** Props of `<SignIn />`. */
export interface SignInProps extends CommonProps {
  /** Where the link to the sign-up page leads. Default: the instance's page. */
  readonly signUpUrl?: string | undefined
  /** Where the link to the waitlist leads, where there is one. Default: the sign-up page, which has it then. */
  readonly waitlistUrl?: string | undefined
  /** Always goes there after sign-in. */
  readonly forceRedirectUrl?: string | null | undefined
  /** Goes there after sign-in when the page was opened without a `redirect_url`. */
  readonly fallbackRedirectUrl?: string | null | undefined
  /** The same two for somebody who follows the link to sign up. */
  readonly signUpForceRedirectUrl?: string | null | undefined
  readonly signUpFallbackRedirectUrl?: string | null | undefined
  /** Fills the first field. */
  readonly initialValues?:
    | { readonly emailAddress?: string | undefined; readonly username?: string | undefined }
    | undefined
}
