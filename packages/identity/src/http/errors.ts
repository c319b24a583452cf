import type { ApiErrorBody, ApiErrorMeta } from '@core/protocol'

/** What each error code answers. `long_message` is what the person in front of the screen reads. */
// oxfmt-ignore
const ERRORS = {
  actor_token_cannot_be_revoked_code: [400, 'Cannot be revoked', 'This actor token has been used or revoked already.'],
  authentication_invalid:             [401, 'Invalid authentication', 'You need to sign in to do this.'],
  authorization_header_format_invalid:[401, 'Invalid Authorization header', 'The Authorization header must be "Bearer" and a secret key.'],
  authorization_invalid:              [403, 'Not allowed', 'You are not allowed to do this.'],
  clerk_key_invalid:                  [401, 'Invalid secret key', 'The secret key is not valid. Copy it from the instance it belongs to.'],
  cookie_invalid:                     [400, 'Invalid client token', 'The client token is not valid.'],
  dev_browser_unauthenticated:        [401, 'Browser unauthenticated', 'This browser is not known to the development instance.'],
  expired_session_token_invalid:      [401, 'Invalid session token', 'The expired session token is not one of this instance.'],
  expired_session_token_missing_azp:  [401, 'Session token without azp', 'The expired session token does not say which origin it was made for.'],
  expired_session_token_missing_sid:  [401, 'Session token without sid', 'The expired session token does not name its session.'],
  feature_not_enabled:                [403, 'Feature not enabled', 'This feature is not enabled on this instance.'],
  form_already_exists:                [422, 'Exists already', 'There is one by that name already.'],
  form_code_incorrect:                [422, 'Incorrect code', 'The code is not right. Check it, or ask for a new one.'],
  form_data_missing:                  [422, 'Missing data', 'Something that this instance requires is missing.'],
  form_email_address_blocked:         [422, 'Address not accepted', 'Addresses of this kind are not accepted here. Use another one.'],
  form_identifier_exists:             [422, 'Already taken', 'This is taken. Use another one, or sign in.'],
  form_identifier_not_found:          [422, 'Account not found', 'No account was found by that name.'],
  form_new_password_matches_current:  [422, 'Same password', 'The new password is the current one. Choose another.'],
  form_param_format_invalid:          [422, 'Invalid format', 'This value does not have the right format.'],
  form_param_max_length_exceeded:     [422, 'Too long', 'This value is too long.'],
  form_param_nil:                     [422, 'Missing value', 'Enter a value.'],
  form_param_type_invalid:            [422, 'Invalid type', 'This value does not have the right type.'],
  form_param_value_invalid:           [422, 'Invalid value', 'This value is not allowed here.'],
  form_password_digest_invalid_code:  [422, 'Invalid password digest', 'The digest does not have the form that its hasher writes, or would take too long to check.'],
  form_password_incorrect:            [422, 'Incorrect password', 'The password is not right. Try again, or use another method.'],
  form_password_length_too_long:      [422, 'Password too long', 'The password is too long.'],
  form_password_length_too_short:     [422, 'Password too short', 'The password is too short.'],
  form_password_no_lowercase:         [422, 'No lower-case letter', 'The password needs a lower-case letter.'],
  form_password_no_number:            [422, 'No digit', 'The password needs a digit.'],
  form_password_no_special_char:      [422, 'No special character', 'The password needs a character that is neither a letter nor a digit.'],
  form_password_no_uppercase:         [422, 'No upper-case letter', 'The password needs an upper-case letter.'],
  form_password_size_in_bytes_exceeded: [422, 'Password too long', 'The password is too long.'],
  form_username_invalid_character:    [422, 'Invalid username', 'A username has letters of the English alphabet, digits, hyphens and underscores.'],
  form_username_invalid_length:       [422, 'Invalid username', 'The username is too short or too long.'],
  form_username_needs_non_number_char:[422, 'Invalid username', 'A username needs something else than digits.'],
  home_url_taken:                     [422, 'Domain taken', 'This domain belongs to an instance already.'],
  identifier_already_signed_in:       [400, 'Already signed in', 'You are already signed in to this account.'],
  identification_deletion_failed:     [400, 'Cannot be deleted', 'This is needed to sign in. Add another one first.'],
  identification_update_failed:       [400, 'Cannot be changed', 'The primary address stays verified. Make another one primary first.'],
  image_not_found:                    [404, 'No picture', 'There is no picture to remove.'],
  incorrect_password:                 [422, 'Incorrect password', 'The password is not right.'],
  internal_clerk_error:               [500, 'Internal error', 'Something went wrong on our side. Try again later.'],
  invalid_proxy_configuration:        [422, 'Invalid proxy', 'The proxy must be an address on the domain that it serves.'],
  invalid_query_parameter_value:      [400, 'Invalid query parameter', 'A query parameter has a value that is not allowed.'],
  invalid_session_token:              [400, 'Invalid session token', 'This is not a token of the session, or it has expired.'],
  jwt_template_reserved_claim:        [400, 'Reserved claim', 'The template sets a claim that every token carries by itself. Choose another name.'],
  mail_delivery_failed:               [503, 'Mail not sent', 'The mail could not be sent. Try again in a moment.'],
  method_not_allowed:                 [405, 'Method not allowed', 'This address does not answer that method.'],
  native_api_disabled:                [403, 'No native apps', 'This server answers browsers only. Sign in through a page, not through a native app.'],
  not_allowed_to_sign_up:             [403, 'Not allowed', 'This e-mail address may not be used here.'],
  no_password_set:                    [400, 'No password', 'This user has no password.'],
  oauth_token_provider_not_enabled:   [404, 'Provider not enabled', 'This provider is not enabled on this instance.'],
  operation_not_allowed_on_primary_domain: [403, 'Primary domain', 'The primary domain cannot be changed here.'],
  origin_invalid:                     [400, 'Invalid origin', 'Requests from this origin are not allowed. Add it to the allowed origins of the instance.'],
  redirect_url_invalid:               [400, 'Invalid redirect address', 'This address is not among the allowed origins and redirect addresses of the instance.'],
  refresh_request_origin_azp_mismatch:[401, 'Wrong origin', 'The session token was made for another origin.'],
  refresh_request_origin_invalid:     [401, 'Invalid origin', 'The origin of the request cannot be read, or is not allowed.'],
  refresh_sid_mismatch:               [401, 'Wrong session', 'The session token belongs to another session.'],
  refresh_token_not_found:            [401, 'Unknown refresh token', 'The refresh token is not known here, or no longer.'],
  request_body_invalid:               [400, 'Invalid body', 'The body of the request cannot be read.'],
  request_invalid_for_environment:    [400, 'Not in this environment', 'Instances of this type do not answer this request.'],
  request_too_large:                  [413, 'Request too large', 'The body of the request is too large.'],
  resource_not_found:                 [404, 'Not found', 'There is nothing here by that name.'],
  service_busy:                       [503, 'Too busy', 'The server is busy. Try again in a moment.'],
  service_unavailable:                [503, 'Temporarily unavailable', 'The server cannot answer just now. Try again in a moment.'],
  session_exists:                     [400, 'Already signed in', 'You are already signed in.'],
  session_refresh_expired_session_token_consumed: [401, 'Refresh token used', 'The refresh token has been used before. It is worthless now, and so is every one that came of it.'],
  session_refresh_expired_session_token_missing_iat: [401, 'Session token without iat', 'The expired session token does not say when it was made.'],
  session_refresh_expired_session_token_too_old: [401, 'Session token too old', 'The session token expired too long ago.'],
  session_refresh_inactive_session:   [401, 'Session over', 'The session is over.'],
  session_refresh_session_not_found:  [401, 'Unknown session', 'There is no such session.'],
  session_refresh_session_token_ineligible: [401, 'Not a session token', 'Only session tokens can be exchanged for new ones.'],
  session_refresh_user_not_found:     [401, 'Unknown user', 'The user of the session is gone, or banned.'],
  session_reverification_required:    [403, 'Prove that it is you', 'Prove once more that it is you to do this.'],
  sign_in_token_cannot_be_revoked_code: [400, 'Cannot be revoked', 'This sign-in token has been used or revoked already.'],
  sign_up_if_missing_transfer:        [422, 'No account yet', 'There is no account for this address yet. Sign up to make one.'],
  sign_up_mode_restricted:            [403, 'Sign-up is restricted', 'You cannot sign up here without an invitation.'],
  sign_up_restricted_waitlist:        [403, 'Sign-up is restricted', 'You cannot sign up yet. Join the waitlist.'],
  strategy_for_user_invalid:          [422, 'Method not available', 'This way to sign in is not available for this account.'],
  ticket_expired:                     [422, 'Link expired', 'This link has expired. Ask for a new one.'],
  ticket_invalid:                     [422, 'Invalid link', 'This link has been used already, or is not valid.'],
  too_many_requests:                  [429, 'Too many requests', 'Too many requests. Try again in a moment.'],
  totp_disabled:                      [400, 'No authenticator app', 'This user has no authenticator app.'],
  unsupported_content_type:           [415, 'Unsupported content type', 'This content type cannot be read here.'],
  user_banned:                        [403, 'Account banned', 'This account has been banned.'],
  user_locked:                        [423, 'Account locked', 'This account is locked. Try again later, or contact support.'],
  verification_already_verified:      [422, 'Already verified', 'This has been verified already.'],
  verification_expired:               [422, 'Code expired', 'The code has expired. Ask for a new one.'],
  verification_failed:                [422, 'Too many attempts', 'Too many wrong codes. Ask for a new one.'],
  verification_missing:               [422, 'No code sent', 'No code has been sent yet. Ask for one first.'],
  organization_domain_already_exists: [422, 'Domain taken', 'This domain has been added to an organization already.'],
  organization_domain_common:         [422, 'Common domain', 'Anybody can have an address at this domain. Use your own.'],
  organization_domain_enrollment_mode_not_enabled: [403, 'Not enabled', 'This way to come into an organization is not enabled on this instance.'],
  organization_domain_quota_exceeded: [403, 'Too many domains', 'The organization has as many domains as it may have.'],
  organization_membership_request_settled: [400, 'Already answered', 'This request has been answered already.'],
  bulk_size_exceeded:                 [400, 'Too many at once', 'One request may name ten of these.'],
  duplicate_record:                   [400, 'Exists already', 'Somebody has been invited already.'],
  invitation_account_not_exists:      [400, 'No account yet', 'There is no account for this address yet. Sign up to accept the invitation.'],
  invitation_already_accepted:        [400, 'Already accepted', 'This invitation has been accepted already.'],
  invitation_already_revoked:         [400, 'Revoked', 'This invitation has been taken back.'],
  invitations_not_supported:          [400, 'No invitations', 'This instance does without e-mail addresses, so nobody can be invited.'],
  invitation_expired:                 [400, 'Invitation expired', 'This invitation has expired. Ask for a new one.'],
  not_a_member_in_organization:       [403, 'Not a member', 'This user is not a member who can manage the organization.'],
  organization_invitation_not_unique: [400, 'Invited already', 'Somebody has been invited already.'],
  already_a_member_in_organization:   [400, 'Already a member', 'This user is a member of the organization already.'],
  avatar_file_size_exceeded:          [413, 'File too large', 'The picture is too large. It may have 10 MB.'],
  avatar_file_type_invalid:           [422, 'Not a picture', 'This is not a picture. Upload a PNG, JPEG, GIF, WebP or ICO file.'],
  missing_organization_permission:    [403, 'Missing permission', 'Your role in this organization does not permit this.'],
  organization_creator_not_found:     [400, 'Creator not found', 'The user who should create the organization does not exist.'],
  organization_membership_quota_exceeded: [403, 'Organization is full', 'The organization has as many members as it may have.'],
  organization_minimum_permissions_needed: [400, 'Last member who can manage it', 'An organization needs a member who can manage it. Give somebody else that role first.'],
  organization_missing_creator_role_permissions: [422, 'Role needs these permissions', 'This role needs the permissions to read and manage members and to delete the organization.'],
  organization_not_enabled_in_instance: [403, 'Organizations are off', 'Organizations are not enabled on this instance.'],
  organization_not_found_or_unauthorized: [404, 'Organization not found', 'There is no such organization, or you are not a member of it.'],
  quota_exceeded:                     [403, 'Quota exceeded', 'You have as many of these as you may have.'],
  resource_in_use:                    [400, 'In use', 'Something still uses this.'],
  resource_forbidden:                 [403, 'Not allowed', 'You are not allowed to do this.'],
} as const satisfies Readonly<Record<string, readonly [status: number, message: string, long: string]>>

/** Codes of the errors that the APIs answer. */
export type ApiErrorCode = keyof typeof ERRORS

/** A refused request: what is wrong, in the words of the wire. */
export class ApiError extends Error {
  readonly code: ApiErrorCode
  readonly status: number
  readonly meta: ApiErrorMeta | undefined
  /** Seconds after which the request may be repeated. */
  readonly retryAfter: number | undefined
  /** Instead of the long message of its code. */
  readonly detail: string | undefined

  constructor(
    code: ApiErrorCode,
    options: {
      readonly meta?: ApiErrorMeta
      readonly retryAfter?: number
      readonly detail?: string
      /** Instead of the status of its code, where an endpoint has one for all its refusals. */
      readonly status?: number
    } = {},
  ) {
    super(ERRORS[code][1])
    this.name = 'ApiError'
    this.code = code
    this.status = options.status ?? ERRORS[code][0]
    this.meta = options.meta
    this.retryAfter = options.retryAfter
    this.detail = options.detail
  }
}

/** A refusal that one body parameter is to blame for. */
export function paramError(code: ApiErrorCode, paramName: string): ApiError {
  return new ApiError(code, { meta: { param_name: paramName } })
}

/** Says what is wrong, in a few words and in a sentence. */
export function wordsOf({ code, detail }: ApiError): {
  readonly message: string
  readonly longMessage: string
} {
  const [, message, longMessage] = ERRORS[code]
  return { message, longMessage: detail ?? longMessage }
}

/** What the header of a response tells of an error. */
export function headersOfError({ code, retryAfter }: ApiError): Readonly<Record<string, string>> {
  return {
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    ...(code === 'method_not_allowed' ? { allow: 'GET' } : {}),
  }
}

/** Writes an error as the body of a response. */
export function toErrorBody(error: ApiError, traceId: string, client?: unknown): ApiErrorBody {
  const { message, longMessage } = wordsOf(error)
  return {
    errors: [
      {
        code: error.code,
        message,
        long_message: longMessage,
        meta: error.meta ?? {},
      },
    ],
    ...(client === undefined ? {} : { meta: { client } }),
    clerk_trace_id: traceId,
  }
}
