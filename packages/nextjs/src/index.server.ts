// What Server Components get under the names of `index.ts`: the same, but for what a server can decide.
export {
  ClerkLoaded,
  ClerkLoading,
  CreateOrganization,
  OrganizationList,
  OrganizationProfile,
  OrganizationSwitcher,
  RedirectToSignIn,
  RedirectToSignUp,
  SignInButton,
  SignOutButton,
  SignUpButton,
  TaskChooseOrganization,
  useAuth,
  useClerk,
  UserButton,
  UserProfile,
  useSession,
  useSessionList,
  useSignIn,
  useSignUp,
  useUser,
  Waitlist,
} from './client/bindings.ts'
export { SignIn } from './client/sign-in.tsx'
export { SignUp } from './client/sign-up.tsx'
export { ClerkProvider } from './server-components/clerk-provider.tsx'
export { Protect, Show, SignedIn, SignedOut } from './server-components/control.tsx'
export type { NextClerkProviderProps as ClerkProviderProps } from './provider-props.ts'
export type {
  ControlProps,
  CreateOrganizationProps,
  OrganizationListProps,
  OrganizationProfileProps,
  OrganizationSwitcherProps,
  ProtectProps,
  ShowProps,
  SignInButtonProps,
  SignInProps,
  SignOutButtonProps,
  SignUpButtonProps,
  SignUpProps,
  TaskChooseOrganizationProps,
  UseAuthReturn,
  UserButtonProps,
  UserProfileProps,
  UseUserReturn,
  WaitlistProps,
} from '@core/react'
