export {
  Clerk,
  type ApiRequest,
  type ClerkConstructorOptions,
  type Resources,
  type UiModule,
} from './clerk.ts'
export type { ComponentMethods } from './component-methods.ts'
export {
  ClerkAPIResponseError,
  ClerkRuntimeError,
  isClerkAPIResponseError,
  isClerkRuntimeError,
  type ClerkAPIError,
  type ClerkRuntimeErrorCode,
} from './errors.ts'
export type {
  ClerkOptions,
  RedirectOptions,
  RedirectToOptions,
  SetActiveParams,
  SignOut,
  SignOutCallback,
  SignOutOptions,
} from './options.ts'
export type { Platform } from './platform.ts'
export type { Client } from './resources/client.ts'
export type { GetTokenOptions, PublicUserData, Session } from './resources/session.ts'
export type {
  AttemptFactorParams,
  PrepareFactorParams,
  ResetPasswordParams,
  SignIn,
  SignInCreateParams,
  SignInFactor,
} from './resources/sign-in.ts'
export type {
  AttemptVerificationParams,
  PrepareVerificationParams,
  SignUp,
  SignUpParams,
} from './resources/sign-up.ts'
export type { EmailAddress, User } from './resources/user.ts'
export type { SignUpVerification, Verification } from './resources/verification.ts'
export { authorizationFactsOf, organizationOf, type OrganizationFacts } from './session-claims.ts'
export type { ClerkSnapshot, ClerkStatus } from './store.ts'
export type { ComponentModule, ComponentName, MountedComponent } from './ui-module.ts'
