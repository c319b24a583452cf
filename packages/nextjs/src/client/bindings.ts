'use client'

// One by one: Next.js cannot see through `export *` of a client module.
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
} from '@core/react'
