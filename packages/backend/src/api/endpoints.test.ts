import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Call, clientWith } from '../../test/api.ts'
import { type ApiClient, GROUPS } from './client.ts'

/** What a method makes of an answer: see ANSWERS. */
type Reads = 'resource' | 'list' | 'items' | 'deleted' | 'as it is' | 'count' | 'nothing'

/** A call, the requests it makes, what it makes of the answer, and the bodies of the requests. */
type Row = {
  [G in keyof ApiClient]: {
    [M in keyof ApiClient[G]]: ApiClient[G][M] extends (...args: infer A) => unknown
      ? readonly [G, M, A, string | readonly string[], Reads, unknown?]
      : never
  }[keyof ApiClient[G]]
}[keyof ApiClient]

const file = new Blob(['x'], { type: 'image/png' })
const page = { limit: 5, offset: 0 }
const metadata = { publicMetadata: { aB: { cD: 1 } } }
const wireMetadata = { public_metadata: { aB: { cD: 1 } } }

// oxfmt-ignore
const TABLE: readonly Row[] = [
  ['users', 'getUser',                 ['user_1'],                          'GET /v1/users/user_1', 'resource'],
  ['users', 'getCount',                [{ query: 'x', emailAddress: ['a@b.c', 'd@e.f'] }], 'GET /v1/users/count?query=x&email_address=a%40b.c&email_address=d%40e.f', 'count'],
  ['users', 'getUserList',             [{ ...page, orderBy: '+created_at', organizationId: ['org_1'], lastSignInAtAfter: 0 }], ['GET /v1/users?limit=5&offset=0&order_by=%2Bcreated_at&organization_id=org_1&last_sign_in_at_after=0', 'GET /v1/users/count?organization_id=org_1&last_sign_in_at_after=0'], 'list'],
  ['users', 'getCount',                [{ last_active_at_since: 5, lastActiveAtBefore: 6 }], 'GET /v1/users/count?last_active_at_since=5&last_active_at_before=6', 'count'],
  ['users', 'getUserList',             [],                                  ['GET /v1/users', 'GET /v1/users/count'], 'list'],
  ['users', 'createUser',              [{ emailAddress: ['a@b.c'], emailAddressIdentificationStatus: ['reserved'], phoneNumber: ['+49'], phoneNumberIdentificationStatus: ['verified'], banned: true, locked: false }], 'POST /v1/users', 'resource', { email_address: ['a@b.c'], email_address_identification_status: ['reserved'], phone_number: ['+49'], phone_number_identification_status: ['verified'], banned: true, locked: false }],
  ['users', 'createUser',              [{ emailAddress: ['a@b.c'], ...metadata, createdAt: new Date(0), firstName: null, skipLegalChecks: false }], 'POST /v1/users', 'resource', { email_address: ['a@b.c'], ...wireMetadata, created_at: '1970-01-01T00:00:00.000Z', first_name: null, skip_legal_checks: false }],
  ['users', 'updateUser',              ['user_1', { firstName: 'A', primaryEmailAddressID: 'idn_1', primaryWeb3WalletID: 'idn_3' }], 'PATCH /v1/users/user_1', 'resource', { first_name: 'A', primary_email_address_id: 'idn_1', primary_web3_wallet_id: 'idn_3' }],
  ['users', 'updateUser',              ['user_1', metadata],                'PUT /v1/users/user_1/metadata', 'resource', wireMetadata],
  ['users', 'updateUser',              ['user_1', { firstName: 'A', unsafeMetadata: {} }], ['PATCH /v1/users/user_1', 'PUT /v1/users/user_1/metadata'], 'resource', [{ first_name: 'A' }, { unsafe_metadata: {} }]],
  ['users', 'updateUser',              ['user_1', {}],                      'PATCH /v1/users/user_1', 'resource'],
  ['users', 'updateUserMetadata',      ['user_1', { privateMetadata: { a: null } }], 'PATCH /v1/users/user_1/metadata', 'resource', { private_metadata: { a: null } }],
  ['users', 'replaceUserMetadata',     ['user_1', { publicMetadata: {} }],  'PUT /v1/users/user_1/metadata', 'resource', { public_metadata: {} }],
  ['users', 'updateUserProfileImage',  ['user_1', { file }],                'POST /v1/users/user_1/profile_image', 'resource', expect.stringContaining('name="file"; filename="blob"')],
  ['users', 'deleteUserProfileImage',  ['user_1'],                          'DELETE /v1/users/user_1/profile_image', 'resource'],
  ['users', 'deleteUser',              ['user_1'],                          'DELETE /v1/users/user_1', 'deleted'],
  ['users', 'getUserOauthAccessToken', ['user_1', 'oauth_x'],               'GET /v1/users/user_1/oauth_access_tokens/oauth_x?paginated=true', 'list'],
  ['users', 'getUserOauthAccessToken', ['user_1', 'x'],                     'GET /v1/users/user_1/oauth_access_tokens/oauth_x?paginated=true', 'list'],
  ['users', 'disableUserMFA',          ['user_1'],                          'DELETE /v1/users/user_1/mfa', 'as it is'],
  ['users', 'deleteUserTOTP',          ['user_1'],                          'DELETE /v1/users/user_1/totp', 'as it is'],
  ['users', 'deleteUserBackupCodes',   ['user_1'],                          'DELETE /v1/users/user_1/backup_code', 'as it is'],
  ['users', 'deleteUserPasskey',       [{ userId: 'user_1', passkeyIdentificationId: 'idn_1' }], 'DELETE /v1/users/user_1/passkeys/idn_1', 'deleted'],
  ['users', 'deleteUserWeb3Wallet',    [{ userId: 'user_1', web3WalletIdentificationId: 'idn_1' }], 'DELETE /v1/users/user_1/web3_wallets/idn_1', 'deleted'],
  ['users', 'deleteUserExternalAccount', [{ userId: 'user_1', externalAccountId: 'eac_1' }], 'DELETE /v1/users/user_1/external_accounts/eac_1', 'deleted'],
  ['users', 'verifyPassword',          [{ userId: 'user_1', password: 'p' }], 'POST /v1/users/user_1/verify_password', 'as it is', { password: 'p' }],
  ['users', 'verifyTOTP',              [{ userId: 'user_1', code: '1' }],   'POST /v1/users/user_1/verify_totp', 'as it is', { code: '1' }],
  ['users', 'setPasswordCompromised',  ['user_1', { revokeAllSessions: false }], 'POST /v1/users/user_1/password/set_compromised', 'resource', { revoke_all_sessions: false }],
  ['users', 'setPasswordCompromised',  ['user_1'],                          'POST /v1/users/user_1/password/set_compromised', 'resource'],
  ['users', 'unsetPasswordCompromised', ['user_1'],                         'POST /v1/users/user_1/password/unset_compromised', 'resource'],
  ['users', 'removePassword',          ['user_1', { signOutOfOtherSessions: true }], 'POST /v1/users/user_1/remove_password', 'resource', { sign_out_of_other_sessions: true }],
  ['users', 'replaceUserEmailAddress', ['user_1', { emailAddress: 'a@b.c' }], 'PUT /v1/users/user_1/email_address', 'resource', { email_address: 'a@b.c' }],
  ['users', 'replaceUserPhoneNumber',  ['user_1', { phoneNumber: '+49' }],  'PUT /v1/users/user_1/phone_number', 'resource', { phone_number: '+49' }],
  ['users', 'getOrganizationMembershipList', [{ userId: 'user_1', ...page }], 'GET /v1/users/user_1/organization_memberships?limit=5&offset=0', 'list'],
  ['users', 'getOrganizationInvitationList', [{ userId: 'user_1', status: 'pending' }], 'GET /v1/users/user_1/organization_invitations?status=pending', 'list'],
  ['users', 'banUser',                 ['user_1'],                          'POST /v1/users/user_1/ban', 'resource'],
  ['users', 'unbanUser',               ['user_1'],                          'POST /v1/users/user_1/unban', 'resource'],
  ['users', 'lockUser',                ['user_1'],                          'POST /v1/users/user_1/lock', 'resource'],
  ['users', 'unlockUser',              ['user_1'],                          'POST /v1/users/user_1/unlock', 'resource'],

  ['emailAddresses', 'getEmailAddress',    ['idn_1'],                       'GET /v1/email_addresses/idn_1', 'resource'],
  ['emailAddresses', 'createEmailAddress', [{ userId: 'user_1', emailAddress: 'a@b.c', verified: true, primary: false }], 'POST /v1/email_addresses', 'resource', { user_id: 'user_1', email_address: 'a@b.c', verified: true, primary: false }],
  ['emailAddresses', 'updateEmailAddress', ['idn_1', { primary: true }],    'PATCH /v1/email_addresses/idn_1', 'resource', { primary: true }],
  ['emailAddresses', 'deleteEmailAddress', ['idn_1'],                       'DELETE /v1/email_addresses/idn_1', 'deleted'],

  ['phoneNumbers', 'getPhoneNumber',    ['idn_1'],                          'GET /v1/phone_numbers/idn_1', 'resource'],
  ['phoneNumbers', 'createPhoneNumber', [{ userId: 'user_1', phoneNumber: '+49', reservedForSecondFactor: true }], 'POST /v1/phone_numbers', 'resource', { user_id: 'user_1', phone_number: '+49', reserved_for_second_factor: true }],
  ['phoneNumbers', 'updatePhoneNumber', ['idn_1', { verified: false }],     'PATCH /v1/phone_numbers/idn_1', 'resource', { verified: false }],
  ['phoneNumbers', 'deletePhoneNumber', ['idn_1'],                          'DELETE /v1/phone_numbers/idn_1', 'deleted'],

  ['sessions', 'getSessionList', [{ userId: 'user_1', status: 'active' }],  'GET /v1/sessions?user_id=user_1&status=active&paginated=true', 'list'],
  ['sessions', 'getSession',     ['sess_1'],                                'GET /v1/sessions/sess_1', 'resource'],
  ['sessions', 'createSession',  [{ userId: 'user_1' }],                    'POST /v1/sessions', 'resource', { user_id: 'user_1' }],
  ['sessions', 'revokeSession',  ['sess_1'],                                'POST /v1/sessions/sess_1/revoke', 'resource'],
  ['sessions', 'verifySession',  ['sess_1', 't'],                           'POST /v1/sessions/sess_1/verify', 'resource', { token: 't' }],
  ['sessions', 'getToken',       ['sess_1', 'my tmpl', 60],                 'POST /v1/sessions/sess_1/tokens/my%20tmpl', 'resource', { expires_in_seconds: 60 }],
  ['sessions', 'getToken',       ['sess_1'],                                'POST /v1/sessions/sess_1/tokens', 'resource'],
  ['sessions', 'refreshSession', ['sess_1', { format: 'cookie', expired_token: 'e', refresh_token: 'r', request_origin: 'o', request_headers: { 'x-y': ['z'] }, suffixed_cookies: true }], 'POST /v1/sessions/sess_1/refresh?suffixed_cookies=true', 'resource', { format: 'cookie', expired_token: 'e', refresh_token: 'r', request_origin: 'o', request_headers: { 'x-y': ['z'] } }],

  ['clients', 'getClientList',       [page],                                'GET /v1/clients?limit=5&offset=0&paginated=true', 'list'],
  ['clients', 'getClient',           ['client_1'],                          'GET /v1/clients/client_1', 'resource'],
  ['clients', 'verifyClient',        ['t'],                                 'POST /v1/clients/verify', 'resource', { token: 't' }],
  ['clients', 'getHandshakePayload', [{ nonce: 'n' }],                      'GET /v1/clients/handshake_payload?nonce=n', 'as it is'],

  ['organizations', 'getOrganizationList',         [{ includeMembersCount: false, query: '', organizationId: ['-org_1', 'org_2'], orderBy: '-name' }], 'GET /v1/organizations?include_members_count=false&query=&organization_id=-org_1&organization_id=org_2&order_by=-name', 'list'],
  ['organizations', 'createOrganization',          [{ name: 'N', createdBy: 'user_1', maxAllowedMemberships: 0, ...metadata }], 'POST /v1/organizations', 'resource', { name: 'N', created_by: 'user_1', max_allowed_memberships: 0, ...wireMetadata }],
  ['organizations', 'getOrganization',             [{ organizationId: 'org_1', includeMembersCount: true }], 'GET /v1/organizations/org_1?include_members_count=true', 'resource'],
  ['organizations', 'getOrganization',             [{ slug: 'acme' }],      'GET /v1/organizations/acme', 'resource'],
  ['organizations', 'updateOrganization',          ['org_1', { name: 'N', adminDeleteEnabled: false }], 'PATCH /v1/organizations/org_1', 'resource', { name: 'N', admin_delete_enabled: false }],
  ['organizations', 'updateOrganization',          ['org_1', { slug: 's', ...metadata }], ['PATCH /v1/organizations/org_1', 'PUT /v1/organizations/org_1/metadata'], 'resource', [{ slug: 's' }, wireMetadata]],
  ['organizations', 'updateOrganizationMetadata',  ['org_1', metadata],     'PATCH /v1/organizations/org_1/metadata', 'resource', wireMetadata],
  ['organizations', 'replaceOrganizationMetadata', ['org_1', metadata],     'PUT /v1/organizations/org_1/metadata', 'resource', wireMetadata],
  ['organizations', 'updateOrganizationLogo',      ['org_1', { file, uploaderUserId: 'user_1' }], 'PUT /v1/organizations/org_1/logo', 'resource', expect.stringMatching(/name="file"; filename="blob"[^]*name="uploader_user_id"\r\n\r\nuser_1/)],
  ['organizations', 'deleteOrganizationLogo',      ['org_1'],               'DELETE /v1/organizations/org_1/logo', 'resource'],
  ['organizations', 'deleteOrganization',          ['org_1'],               'DELETE /v1/organizations/org_1', 'deleted'],
  ['organizations', 'getOrganizationMembershipList', [{ organizationId: 'org_1', role: ['org:admin', 'org:member'], nameQuery: 'x', limit: 5 }], 'GET /v1/organizations/org_1/memberships?role=org%3Aadmin&role=org%3Amember&name_query=x&limit=5', 'list'],
  ['organizations', 'getInstanceOrganizationMembershipList', [page],        'GET /v1/organization_memberships?limit=5&offset=0', 'list'],
  ['organizations', 'createOrganizationMembership', [{ organizationId: 'org_1', userId: 'user_1', role: 'org:admin' }], 'POST /v1/organizations/org_1/memberships', 'resource', { user_id: 'user_1', role: 'org:admin' }],
  ['organizations', 'updateOrganizationMembership', [{ organizationId: 'org_1', userId: 'user_1', role: 'org:admin' }], 'PATCH /v1/organizations/org_1/memberships/user_1', 'resource', { role: 'org:admin' }],
  ['organizations', 'updateOrganizationMembershipMetadata', [{ organizationId: 'org_1', userId: 'user_1', ...metadata }], 'PATCH /v1/organizations/org_1/memberships/user_1/metadata', 'resource', wireMetadata],
  ['organizations', 'deleteOrganizationMembership', [{ organizationId: 'org_1', userId: 'user_1' }], 'DELETE /v1/organizations/org_1/memberships/user_1', 'resource'],
  ['organizations', 'getOrganizationInvitationList', [{ organizationId: 'org_1', status: ['pending', 'expired'] }], 'GET /v1/organizations/org_1/invitations?status=pending&status=expired', 'list'],
  ['organizations', 'createOrganizationInvitation', [{ organizationId: 'org_1', emailAddress: 'a@b.c', role: 'org:member', inviterUserId: 'user_1', redirectUrl: 'https://a.b', expiresInDays: 3 }], 'POST /v1/organizations/org_1/invitations', 'resource', { email_address: 'a@b.c', role: 'org:member', inviter_user_id: 'user_1', redirect_url: 'https://a.b', expires_in_days: 3 }],
  ['organizations', 'createOrganizationInvitationBulk', ['org_1', [{ emailAddress: 'a@b.c', role: 'r', ...metadata }, { emailAddress: 'd@e.f', role: 'r' }]], 'POST /v1/organizations/org_1/invitations/bulk', 'list', [[{ email_address: 'a@b.c', role: 'r', ...wireMetadata }, { email_address: 'd@e.f', role: 'r' }]]],
  ['organizations', 'getOrganizationInvitation',    [{ organizationId: 'org_1', invitationId: 'orginv_1' }], 'GET /v1/organizations/org_1/invitations/orginv_1', 'resource'],
  ['organizations', 'revokeOrganizationInvitation', [{ organizationId: 'org_1', invitationId: 'orginv_1', requestingUserId: 'user_1' }], 'POST /v1/organizations/org_1/invitations/orginv_1/revoke', 'resource', { requesting_user_id: 'user_1' }],
  ['organizations', 'getOrganizationDomainList',    [{ organizationId: 'org_1', ...page }], 'GET /v1/organizations/org_1/domains?limit=5&offset=0', 'list'],
  ['organizations', 'createOrganizationDomain',     [{ organizationId: 'org_1', name: 'a.b', enrollmentMode: 'manual_invitation' }], 'POST /v1/organizations/org_1/domains', 'resource', { name: 'a.b', enrollment_mode: 'manual_invitation', verified: true }],
  ['organizations', 'createOrganizationDomain',     [{ organizationId: 'org_1', name: 'a.b', enrollmentMode: 'manual_invitation', verified: false }], 'POST /v1/organizations/org_1/domains', 'resource', { name: 'a.b', enrollment_mode: 'manual_invitation', verified: false }],
  ['organizations', 'updateOrganizationDomain',     [{ organizationId: 'org_1', domainId: 'orgdmn_1', verified: false }], 'PATCH /v1/organizations/org_1/domains/orgdmn_1', 'resource', { verified: false }],
  ['organizations', 'deleteOrganizationDomain',     [{ organizationId: 'org_1', domainId: 'orgdmn_1' }], 'DELETE /v1/organizations/org_1/domains/orgdmn_1', 'deleted'],

  ['organizationRoles', 'getOrganizationRoleList', [{ query: 'q', orderBy: '+name', limit: 1 }], 'GET /v1/organization_roles?query=q&order_by=%2Bname&limit=1', 'list'],
  ['organizationRoles', 'getOrganizationRole',     ['role_1'],              'GET /v1/organization_roles/role_1', 'resource'],
  ['organizationRoles', 'createOrganizationRole',  [{ name: 'N', key: 'org:n', permissions: ['perm_1'], includeInInitialRoleSet: false }], 'POST /v1/organization_roles', 'resource', { name: 'N', key: 'org:n', permissions: ['perm_1'], include_in_initial_role_set: false }],
  ['organizationRoles', 'updateOrganizationRole',  [{ organizationRoleId: 'role_1', description: null }], 'PATCH /v1/organization_roles/role_1', 'resource', { description: null }],
  ['organizationRoles', 'deleteOrganizationRole',  ['role_1'],              'DELETE /v1/organization_roles/role_1', 'deleted'],
  ['organizationRoles', 'assignPermissionToOrganizationRole',   [{ organizationRoleId: 'role_1', permissionId: 'perm_1' }], 'POST /v1/organization_roles/role_1/permissions/perm_1', 'resource'],
  ['organizationRoles', 'removePermissionFromOrganizationRole', [{ organizationRoleId: 'role_1', permissionId: 'perm_1' }], 'DELETE /v1/organization_roles/role_1/permissions/perm_1', 'resource'],

  ['organizationPermissions', 'getOrganizationPermissionList', [{ query: 'q' }], 'GET /v1/organization_permissions?query=q', 'list'],
  ['organizationPermissions', 'getOrganizationPermission',     ['perm_1'],  'GET /v1/organization_permissions/perm_1', 'resource'],
  ['organizationPermissions', 'createOrganizationPermission',  [{ name: 'N', key: 'org:a:b' }], 'POST /v1/organization_permissions', 'resource', { name: 'N', key: 'org:a:b' }],
  ['organizationPermissions', 'updateOrganizationPermission',  [{ permissionId: 'perm_1', name: 'N' }], 'PATCH /v1/organization_permissions/perm_1', 'resource', { name: 'N' }],
  ['organizationPermissions', 'deleteOrganizationPermission',  ['perm_1'],  'DELETE /v1/organization_permissions/perm_1', 'deleted'],

  ['invitations', 'getInvitationList',    [{ status: 'pending', query: 'q', orderBy: '-expires_at' }], 'GET /v1/invitations?status=pending&query=q&order_by=-expires_at&paginated=true', 'list'],
  ['invitations', 'createInvitation',     [{ emailAddress: 'a@b.c', notify: false, ignoreExisting: true, ...metadata }], 'POST /v1/invitations', 'resource', { email_address: 'a@b.c', notify: false, ignore_existing: true, ...wireMetadata }],
  ['invitations', 'createInvitationBulk', [[{ emailAddress: 'a@b.c', expiresInDays: 1 }]], 'POST /v1/invitations/bulk', 'items', [[{ email_address: 'a@b.c', expires_in_days: 1 }]]],
  ['invitations', 'createInvitationBulk', [[]],                             'POST /v1/invitations/bulk', 'items', [[]]],
  ['invitations', 'revokeInvitation',     ['inv_1'],                        'POST /v1/invitations/inv_1/revoke', 'resource'],

  ['allowlistIdentifiers', 'getAllowlistIdentifierList', [page],            'GET /v1/allowlist_identifiers?limit=5&offset=0&paginated=true', 'list'],
  ['allowlistIdentifiers', 'createAllowlistIdentifier',  [{ identifier: '*@b.c', notify: false }], 'POST /v1/allowlist_identifiers', 'resource', { identifier: '*@b.c', notify: false }],
  ['allowlistIdentifiers', 'deleteAllowlistIdentifier',  ['alid_1'],        'DELETE /v1/allowlist_identifiers/alid_1', 'deleted'],
  ['blocklistIdentifiers', 'getBlocklistIdentifierList', [page],            'GET /v1/blocklist_identifiers?limit=5&offset=0', 'list'],
  ['blocklistIdentifiers', 'createBlocklistIdentifier',  [{ identifier: 'a@b.c' }], 'POST /v1/blocklist_identifiers', 'resource', { identifier: 'a@b.c' }],
  ['blocklistIdentifiers', 'deleteBlocklistIdentifier',  ['blid_1'],        'DELETE /v1/blocklist_identifiers/blid_1', 'deleted'],

  ['jwtTemplates', 'list',   [page],                                        'GET /v1/jwt_templates?limit=5&offset=0&paginated=true', 'list'],
  ['jwtTemplates', 'get',    ['jtmp_1'],                                    'GET /v1/jwt_templates/jtmp_1', 'resource'],
  ['jwtTemplates', 'create', [{ name: 'n', claims: { fooBar: '{{user.id}}' }, allowedClockSkew: 0 }], 'POST /v1/jwt_templates', 'resource', { name: 'n', claims: { fooBar: '{{user.id}}' }, allowed_clock_skew: 0 }],
  ['jwtTemplates', 'update', [{ templateId: 'jtmp_1', lifetime: 30 }],      'PATCH /v1/jwt_templates/jtmp_1', 'resource', { lifetime: 30 }],
  ['jwtTemplates', 'delete', ['jtmp_1'],                                    'DELETE /v1/jwt_templates/jtmp_1', 'deleted'],

  ['signInTokens', 'createSignInToken', [{ userId: 'user_1', expiresInSeconds: 9 }], 'POST /v1/sign_in_tokens', 'resource', { user_id: 'user_1', expires_in_seconds: 9 }],
  ['signInTokens', 'revokeSignInToken', ['sit_1'],                          'POST /v1/sign_in_tokens/sit_1/revoke', 'resource'],
  ['actorTokens', 'create', [{ userId: 'user_1', actor: { sub: 'user_2', aB: 1 }, sessionMaxDurationInSeconds: 9 }], 'POST /v1/actor_tokens', 'resource', { user_id: 'user_1', actor: { sub: 'user_2', aB: 1 }, session_max_duration_in_seconds: 9 }],
  ['actorTokens', 'revoke', ['act_1'],                                      'POST /v1/actor_tokens/act_1/revoke', 'resource'],
  ['testingTokens', 'createTestingToken', [],                               'POST /v1/testing_tokens', 'resource'],

  ['instance', 'get',                        [],                            'GET /v1/instance', 'resource'],
  ['instance', 'update',                     [{ testMode: false, allowedOrigins: [], supportEmail: null }], 'PATCH /v1/instance', 'nothing', { test_mode: false, allowed_origins: [], support_email: null }],
  ['instance', 'updateRestrictions',         [{ blockEmailSubaddresses: true }], 'PATCH /v1/instance/restrictions', 'resource', { block_email_subaddresses: true }],
  ['instance', 'getOrganizationSettings',    [],                            'GET /v1/instance/organization_settings', 'resource'],
  ['instance', 'updateOrganizationSettings', [{ maxAllowedMemberships: 0 }], 'PATCH /v1/instance/organization_settings', 'resource', { max_allowed_memberships: 0 }],

  ['domains', 'list',         [],                                           'GET /v1/domains', 'list'],
  ['domains', 'add',          [{ name: 'a.b', is_satellite: true }],        'POST /v1/domains', 'resource', { name: 'a.b', is_satellite: true }],
  ['domains', 'update',       [{ domainId: 'dmn_1', proxy_url: null }],     'PATCH /v1/domains/dmn_1', 'resource', { proxy_url: null }],
  ['domains', 'delete',       ['dmn_1'],                                    'DELETE /v1/domains/dmn_1', 'deleted'],
  ['domains', 'deleteDomain', ['dmn_1'],                                    'DELETE /v1/domains/dmn_1', 'deleted'],

  ['redirectUrls', 'getRedirectUrlList', [page],                            'GET /v1/redirect_urls?limit=5&offset=0&paginated=true', 'list'],
  ['redirectUrls', 'getRedirectUrl',     ['ru_1'],                          'GET /v1/redirect_urls/ru_1', 'resource'],
  ['redirectUrls', 'createRedirectUrl',  [{ url: 'app://x' }],              'POST /v1/redirect_urls', 'resource', { url: 'app://x' }],
  ['redirectUrls', 'deleteRedirectUrl',  ['ru_1'],                          'DELETE /v1/redirect_urls/ru_1', 'deleted'],

  ['jwks', 'getJwks', [],                                                   'GET /v1/jwks', 'as it is'],
]

const userJson = { object: 'user', id: 'x_1', created_at: 1 }
const user = { object: 'user', id: 'x_1', createdAt: 1 }

/** What the API answers, and what the method then returns. */
const ANSWERS: { readonly [R in Reads]: readonly [unknown, unknown] } = {
  resource: [userJson, expect.objectContaining(user)],
  list: [
    { data: [userJson], total_count: 7 },
    { data: [expect.objectContaining(user)], totalCount: 7 },
  ],
  items: [[userJson], [expect.objectContaining(user)]],
  deleted: [
    { object: 'user', id: 'x_1', deleted: true },
    { object: 'user', id: 'x_1', slug: null, deleted: true },
  ],
  'as it is': [{ user_id: 'x_1' }, { user_id: 'x_1' }],
  count: [{ object: 'total_count', total_count: 7 }, 7],
  nothing: [new Response(null, { status: 204 }), undefined],
}

type Method = (...args: readonly unknown[]) => Promise<unknown>

const methodOf = (client: ApiClient, [group, method]: Row): Method =>
  (client[group] as unknown as Readonly<Record<string, Method>>)[method] as Method

const linesOf = ([, , , lines]: Row): readonly string[] => [lines].flat()

const answerOf = (reads: Reads, request: Request): unknown => {
  const { pathname } = new URL(request.url)
  if (pathname === '/v1/users/count') return ANSWERS.count[0]
  if (reads === 'list' && pathname === '/v1/users') return [userJson]
  return ANSWERS[reads][0]
}

describe('the methods of the Backend API client', () => {
  it.each(TABLE)('%s.%s(%j) asks %s and reads %s', async (...cells) => {
    const row = cells as unknown as Row
    const [, , args, , reads, body] = row
    const { client, calls } = clientWith((request) => answerOf(reads, request))
    const result = await methodOf(client, row)(...args)
    const bodies = Array.isArray(body) ? body : linesOf(row).map(() => body ?? '')
    expect(calls.map(({ line }) => line)).toEqual(linesOf(row))
    expect(calls.map(({ body }) => body)).toEqual(bodies)
    expect(result).toEqual(ANSWERS[reads][1])
  })

  it('are all in the table', () => {
    const methods = Object.entries(GROUPS).flatMap(([group, endpoints]) =>
      Object.keys(endpoints).map((method) => `${group}.${method}`),
    )
    const tested = new Set(TABLE.map(([group, method]) => `${group}.${method}`))
    expect([...tested].toSorted()).toEqual(methods.toSorted())
  })

  const longest = new Map<string, Row>()
  for (const row of TABLE) {
    const name = `${row[0]}.${row[1]}`
    if (row[2].length > (longest.get(name)?.[2].length ?? -1)) longest.set(name, row)
  }

  it.each([...longest])('hand on a signal behind their parameters: %s', async (_, row) => {
    const { client, calls } = clientWith((request) => answerOf(row[4], request))
    const { signal } = new AbortController()
    await methodOf(client, row)(...row[2], { signal })
    expect(calls.map(({ line }) => line)).toEqual(linesOf(row))
    for (const call of calls) expect(call.signal).toBe(signal)
  })
})

/** A call with other ids: every text of its arguments that is a segment of its path. */
function withId(row: Row, id: unknown): { readonly args: readonly unknown[]; count: number } {
  const segments = decodeURIComponent(linesOf(row)[0]?.split('?')[0] ?? '').split('/')
  const swap = (value: unknown): unknown => (isId(value) ? id : value)
  const isId = (value: unknown): boolean =>
    typeof value === 'string' && segments.slice(3).includes(value)
  let count = 0
  const args = row[2].map((argument) => {
    if (typeof argument !== 'object' || argument === null || Array.isArray(argument)) {
      count += Number(isId(argument))
      return swap(argument)
    }
    count += Object.values(argument).filter(isId).length
    return Object.fromEntries(Object.entries(argument).map(([name, value]) => [name, swap(value)]))
  })
  return { args, count }
}

const WITH_IDS = TABLE.filter((row) => withId(row, '').count > 0)

const send = async (row: Row, id: unknown): Promise<{ calls: Call[]; error?: unknown }> => {
  const { client, calls } = clientWith((request) => answerOf(row[4], request))
  try {
    await methodOf(client, row)(...withId(row, id).args)
    return { calls }
  } catch (error) {
    return { calls, error }
  }
}

describe('an id', () => {
  const refused = expect.objectContaining({ code: 'resource-id-invalid', status: 400 })
  // oxfmt-ignore
  const NO_IDS = ['', ' ', '.', '..', '. .', '../users', 'a/b', 'a\\b', 'a?b', 'a#b', '%2e%2e', '%252e', 'a%2fb', 'a;b', 'a\nb', 'a\0', '\uD800', '．．', 'a／b', null, 5, {}, ['a']]

  it.each(WITH_IDS)('cannot be what is none: %s.%s(%j)', async (...cells) => {
    const row = cells as unknown as Row
    for (const id of NO_IDS) {
      expect([id, await send(row, id)]).toEqual([id, { calls: [], error: refused }])
    }
  })

  it('stays in its segment, whatever text it is, or is refused', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.string({ unit: fc.constantFrom(...'./%2efF5C\\ ?#@:;a&=+~\t\u2024é'), minLength: 1 }),
      fc.string({ unit: fc.constantFrom(...'ab_.~:@ -'), minLength: 1 }),
    )
    let sent = 0
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...WITH_IDS), text, async (row, id) => {
        const { calls, error } = await send(row, id)
        expect([undefined, refused]).toContainEqual(error)
        expect(calls.length > 0).toBe(error === undefined)
        sent += calls.length
        for (const [index, { url }] of calls.entries()) {
          const expected = new URL(linesOf(row)[index]?.split(' ')[1] ?? '', 'http://x')
          const before = expected.pathname.split('/').map(decodeURIComponent)
          const after = url.pathname.split('/').map(decodeURIComponent)
          expect(after).toHaveLength(before.length)
          const swapped = after.filter((segment, at) => segment !== before[at])
          for (const segment of swapped) expect([id, `oauth_${id}`]).toContain(segment)
          expect(url.search).toBe(expected.search)
        }
      }),
      { numRuns: 2000 },
    )
    expect(sent).toBeGreaterThan(200)
  })
})
