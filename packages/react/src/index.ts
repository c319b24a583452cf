export type { AuthState, InitialState } from './auth-state.ts'
export {
  SignInButton,
  SignOutButton,
  SignUpButton,
  type SignInButtonProps,
  type SignOutButtonProps,
  type SignUpButtonProps,
} from './buttons.tsx'
export { ClerkProvider, type ClerkProviderProps } from './clerk-provider.tsx'
export {
  ClerkLoaded,
  ClerkLoading,
  Protect,
  RedirectToSignIn,
  RedirectToSignUp,
  Show,
  SignedIn,
  SignedOut,
  type Condition,
  type ControlProps,
  type ProtectProps,
  type ShowProps,
} from './control.tsx'
export {
  SignIn,
  SignUp,
  UserButton,
  type SignInProps,
  type SignUpProps,
  type UserButtonProps,
} from './mounted.tsx'
export { useAuth, type AuthActions, type UseAuthOptions, type UseAuthReturn } from './use-auth.ts'
export {
  useClerk,
  useSession,
  useSessionList,
  useSignIn,
  useSignUp,
  useUser,
  type UseSessionListReturn,
  type UseSessionReturn,
  type UseSignInReturn,
  type UseSignUpReturn,
  type UseUserReturn,
} from './use-resources.ts'
