export { IdentityError, type IdentityErrorCode } from './error.ts'
export { createIdentity, type Identity } from './identity.ts'
export type { AccountlessOptions } from './accountless/policy.ts'
export type { InstanceKeys } from './instances/provision.ts'
export type { SettingChanges } from './instances/settings.ts'
export type { Mail, Mailer } from './mail/mailer.ts'
export {
  createPasswordHasher,
  type PasswordCost,
  type PasswordHasher,
  type QueueUse,
} from './passwords/hasher.ts'
export type { IdentityOptions } from './open.ts'
export type { KeyPair } from './tokens/signing-key.ts'
