// What Server Components get under the names of `index.ts`: the same, but for what a server can decide.
export {
  ClerkLoaded,
  ClerkLoading,
  RedirectToSignIn,
  RedirectToSignUp,
  SignInButton,
  SignOutButton,
  SignUpButton,
  useAuth,
  useClerk,
  UserButton,
  useSession,
  useSessionList,
  useSignIn,
  useSignUp,
  useUser,
} from './client/bindings.ts'
export { SignIn } from './client/sign-in.tsx'
export { SignUp } from './client/sign-up.tsx'
export { ClerkProvider } from './server-components/clerk-provider.tsx'
export { Protect, Show, SignedIn, SignedOut } from './server-components/control.tsx'
export type { NextClerkProviderProps as ClerkProviderProps } from './provider-props.ts'
export type {
  ControlProps,
  ProtectProps,
  ShowProps,
  SignInButtonProps,
  SignInProps,
  SignOutButtonProps,
  SignUpButtonProps,
  SignUpProps,
  UseAuthReturn,
  UserButtonProps,
  UseUserReturn,
} from '@core/react'
