import type { Appearance } from '../appearance.ts'
import type { UserProfileProps } from '../user-profile/props.ts'

/** Props of `<UserButton />`. */
export interface UserButtonProps {
  readonly appearance?: Appearance | undefined
  /** Shows the user's name beside the picture. */
  readonly showName?: boolean | undefined
  /** Starts with the menu open. */
  readonly defaultOpen?: boolean | undefined
  /** Opens the page about the account in a dialog, or goes to `userProfileUrl`. Default: the dialog. */
  readonly userProfileMode?: 'modal' | 'navigation' | undefined
  readonly userProfileUrl?: string | undefined
  /** Looks of the page about the account in its dialog. */
  readonly userProfileProps?: UserProfileProps | undefined
  /** Where to go after switching to another of several accounts. Default: nowhere. */
  readonly afterSwitchSessionUrl?: string | undefined
  /** Where to go after signing out. Default: the `afterSignOutUrl` of the page. */
  readonly afterSignOutUrl?: string | undefined
}
