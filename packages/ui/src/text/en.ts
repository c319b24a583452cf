import { accountEn } from './en-account.ts'

/** Words of signing in and up, and those that every component needs. */
const entryEn = {
  continue: 'Continue',
  working: 'Please wait',
  back: 'Back',
  cancel: 'Cancel',
  save: 'Save',
  remove: 'Remove',
  previous: 'Previous',
  next: 'Next',
  pageOf: 'Page {{page}} of {{pages}}',
  close: 'Close',
  change: 'Change',
  optional: 'Optional',
  loading: 'Loading',
  retry: 'Try again',
  showPassword: 'Show password',
  hidePassword: 'Hide password',
  sentTo: 'Sent to',
  codeSentTo: 'Enter the code that was sent to {{address}}.',
  resend: 'Resend code',
  resendLink: 'Resend link',
  resendWait: '({{seconds}} s)',
  resent: 'A new code is on its way.',
  link: {
    hint: 'Open the link in this browser.',
    waiting: 'Waiting for the link to be opened. This page goes on by itself.',
    resent: 'A new link is on its way. The one before no longer works.',
    retry: 'Start over',
    verified: {
      title: 'Your email is verified',
      subtitle: 'Go back to the page where you began. It goes on by itself.',
    },
    expired: {
      title: 'This link has expired',
      subtitle: 'This link has expired. Request a new one.',
    },
    failed: {
      title: 'This link no longer works',
      subtitle: 'It has been used already, or a newer one was sent after it.',
    },
    client_mismatch: {
      title: 'Open it in the same browser',
      subtitle: 'This link works only in the browser in which you asked for it. Open it there.',
    },
  },
  loadFailed: 'This page could not be loaded completely.',
  modal: {
    SignIn: 'Sign in',
    SignUp: 'Sign up',
    UserButton: 'Account',
    UserProfile: 'Account',
    OrganizationProfile: 'Organization',
    OrganizationSwitcher: 'Organizations',
    OrganizationList: 'Organizations',
    CreateOrganization: 'Create an organization',
    Waitlist: 'Waitlist',
  },
  field: {
    identifier__emailAddress: 'Email address',
    identifier__username: 'Username',
    identifier__either: 'Email address or username',
    emailAddress: 'Email address',
    username: 'Username',
    firstName: 'First name',
    lastName: 'Last name',
    password: 'Password',
    newPassword: 'New password',
    code: 'Verification code',
    currentPassword: 'Current password',
    confirmation: 'Type “{{phrase}}” to confirm',
    organizationName: 'Name',
    organizationSlug: 'Slug',
    emailAddresses: 'Email addresses',
    role: 'Role',
    search: 'Search members',
    domain: 'Domain',
    affiliationEmailAddress: 'An address at this domain',
    enrollmentMode: 'Who comes in by this domain',
    signOutOfOtherSessions: 'Sign out of all other devices',
  },
  legal: {
    both: 'I agree to the {{terms}} and the {{privacy}}.',
    terms: 'I agree to the {{terms}}.',
    privacy: 'I agree to the {{privacy}}.',
    neither: 'I agree to the terms of this application.',
    termsLink: 'Terms of Service',
    privacyLink: 'Privacy Policy',
  },
  hint: {
    username: 'Use {{min}} to {{max}} letters, digits, hyphens and underscores.',
    passwordLength: 'Use at least {{min}} characters.',
  },
  signIn: {
    start: {
      title: 'Sign in to {{application}}',
      title__unnamed: 'Sign in',
      subtitle: 'Welcome back. Sign in to continue.',
      footer: 'Don’t have an account?',
      footerLink: 'Sign up',
      footerLink__waitlist: 'Join the waitlist',
    },
    password: {
      title: 'Enter your password',
      forgot: 'Forgot password?',
      otherMethod: 'Use another method',
    },
    code: {
      title: 'Check your email',
      title__reset: 'Reset your password',
      otherMethod: 'Use another method',
    },
    link: {
      title: 'Check your email',
      otherMethod: 'Use another method',
    },
    methods: {
      title: 'Use another method',
      password: 'Sign in with your password',
      emailCode: 'Email a code to {{address}}',
      emailLink: 'Email a link to {{address}}',
      reset: 'Reset your password',
    },
    newPassword: {
      title: 'Set a new password',
      submit: 'Save and sign in',
    },
    unsupported: {
      title: 'One more step is needed',
      subtitle: 'This account asks for a verification that this page does not offer yet.',
    },
  },
  signUp: {
    start: {
      title: 'Create your account',
      subtitle: 'Fill in your details to get started.',
      footer: 'Already have an account?',
      footerLink: 'Sign in',
    },
    missing: {
      title: 'Almost there',
      subtitle: 'Please fill in the remaining details.',
    },
    code: {
      title: 'Verify your email',
    },
    link: {
      title: 'Verify your email',
    },
    invited: {
      title: 'Accept your invitation',
      lead: 'Sent to',
    },
    address: {
      title: 'Use a different email',
      subtitle: 'We’ll write to you there.',
      startOver: 'Start over',
    },
    closed: {
      title: 'Sign-up is closed',
      subtitle: 'New accounts are by invitation only at the moment.',
      waitlist: 'Join the waitlist',
    },
    unsupported: {
      title: 'One more detail is needed',
      subtitle: 'This application asks for a detail that this page does not offer yet.',
    },
  },
  userButton: {
    manageAccount: 'Manage account',
    open: 'Open account menu',
    menu: 'Account',
    signOut: 'Sign out',
    signingOut: 'Signing out',
  },
  invalid: {
    required__identifier: 'Enter your email address or username.',
    required__emailAddress: 'Enter your email address.',
    required__username: 'Enter a username.',
    required__firstName: 'Enter your first name.',
    required__lastName: 'Enter your last name.',
    required__password: 'Enter your password.',
    required__newPassword: 'Enter a new password.',
    required__organizationName: 'Enter a name.',
    required__emailAddresses: 'Enter at least one email address.',
    required__confirmation: 'Type the words above.',
    required__code: 'Enter the 6-digit code.',
    required__legalAccepted: 'Agree to this to go on.',
    required: 'Fill in this field.',
    emailAddress: 'Enter an email address like name@example.com.',
    passwordLength: 'Use at least {{min}} characters.',
    codeLength: 'Enter all 6 digits of the code.',
  },
  error: {
    unknown: 'Something went wrong. Please try again.',
    network_error: 'We could not reach the server. Please check your connection and try again.',
    form_identifier_not_found: 'We couldn’t find an account with these details.',
    form_identifier_exists__email_address:
      'This email address is taken. Sign in instead, or use another one.',
    form_identifier_exists__username: 'This username is taken. Please try another one.',
    form_param_format_invalid__identifier: 'Enter a valid email address or username.',
    form_param_format_invalid__email_address: 'Enter a valid email address.',
    form_identifier_exists__slug: 'This slug is taken. Please try another one.',
    confirmation_mismatch: 'This differs from what was asked for.',
    identification_deletion_failed:
      'This is the only way into your account. Add another one first.',
    organization_minimum_permissions_needed: 'An organization needs at least one admin.',
    resource_forbidden: 'You may not do this.',
    form_param_nil: 'Fill in this field.',
    form_password_incorrect: 'That password is not right.',
    form_password_or_identifier_incorrect: 'These details do not match an account.',
    form_password_pwned:
      'This password has appeared in a data breach and cannot be used. Please choose another way to continue.',
    form_password_pwned__password:
      'This password has appeared in a data breach. Please choose another one.',
    form_password_not_strong_enough: 'This password is too easy to guess.',
    form_password_matches_identifier: 'Your password must differ from your email and username.',
    form_code_incorrect: 'That code is not right. Please try again.',
    verification_expired: 'This code has expired. Request a new one.',
    verification_failed: 'Too many attempts with this code. Request a new one.',
    ticket_invalid: 'This link has been used already, or is not valid.',
    ticket_expired: 'This link has expired. Ask for a new one.',
    invitation_expired: 'This invitation has expired. Ask for a new one.',
    invitation_already_accepted: 'This invitation has been accepted already. Sign in instead.',
    invitation_already_revoked: 'This invitation has been taken back.',
    form_username_invalid_length: 'This username is too short or too long.',
    form_username_invalid_character:
      'A username has letters of the English alphabet, digits, hyphens and underscores.',
    form_username_needs_non_number_char: 'A username needs something else than digits.',
    user_locked: 'This account is locked for now. Please try again later.',
    user_banned: 'This account has been disabled.',
    sign_up_mode_restricted: 'New accounts are by invitation only at the moment.',
    sign_up_restricted_waitlist: 'New accounts are by invitation only at the moment.',
    not_allowed_to_sign_up: 'This email address is not allowed to sign up.',
    too_many_requests: 'Too many attempts. Please wait a moment and try again.',
    rate_limit_exceeded: 'Too many attempts. Please wait a moment and try again.',
    signup_rate_limit_exceeded: 'Too many attempts. Please wait a moment and try again.',
  },
} as const

/**
 * Every word the components say, in English. `{{name}}` stands for a value that the component fills in.
 *
 * Errors are looked up by `code__param_name`, then by `code`; what is not listed here is shown as the server put it.
 */
export const en: typeof entryEn & typeof accountEn = { ...entryEn, ...accountEn }

type Words<T> = { readonly [K in keyof T]: T[K] extends string ? string : Words<T[K]> }

/** A table of texts: the English one, or another language's with the same keys. */
export type Text = Words<typeof en>
