import type { CommonProps } from '../props.ts'

/** Props of `<UserProfile />`. */
export type UserProfileProps = CommonProps
