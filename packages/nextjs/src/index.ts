export {
  ClerkLoaded,
  ClerkLoading,
  Protect,
  RedirectToSignIn,
  RedirectToSignUp,
  Show,
  SignedIn,
  SignedOut,
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
export { ClerkProvider } from './client/clerk-provider.tsx'
export { SignIn } from './client/sign-in.tsx'
export { SignUp } from './client/sign-up.tsx'
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
