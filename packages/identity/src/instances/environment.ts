import type { AttributeJSON, EnvironmentJSON } from '@core/protocol'

import { SPECIAL_CHARACTERS } from '../passwords/policy.ts'
import type { Instance } from './instance.ts'
import { toThemeJson } from './theme.ts'

const OFF: AttributeJSON = {
  enabled: false,
  required: false,
  used_for_first_factor: false,
  first_factors: [],
  used_for_second_factor: false,
  second_factors: [],
  verifications: [],
  verify_at_sign_up: false,
}

/** Writes the document that browser clients start from. Always whole: older ones need every member. */
export function toEnvironmentJson(instance: Instance): EnvironmentJSON {
  const { settings, portalOrigin } = instance
  const suffix = instance.id.slice('ins_'.length)
  const attribute = (requirement: 'off' | 'optional' | 'required'): AttributeJSON => ({
    ...OFF,
    enabled: requirement !== 'off',
    required: requirement === 'required',
  })
  const identifier = (requirement: 'off' | 'optional' | 'required'): AttributeJSON => ({
    ...attribute(requirement),
    used_for_first_factor: requirement !== 'off',
  })
  return {
    object: 'environment',
    id: `env_${suffix}`,
    maintenance_mode: false,
    auth_config: {
      object: 'auth_config',
      id: `aac_${suffix}`,
      single_session_mode: settings.single_session_mode,
      claimed_at: instance.application?.claimedAt ?? null,
      reverification: settings.reverification,
    },
    display_config: {
      object: 'display_config',
      id: `dc_${suffix}`,
      instance_environment_type: instance.type,
      application_name: settings.application_name,
      theme: toThemeJson(settings),
      preferred_sign_in_strategy: settings.preferred_sign_in_strategy,
      logo_image_url: settings.logo_image_url,
      favicon_image_url: settings.favicon_image_url,
      home_url: settings.home_url,
      sign_in_url: settings.sign_in_url || `${portalOrigin}/sign-in`,
      sign_up_url: settings.sign_up_url || `${portalOrigin}/sign-up`,
      user_profile_url: `${portalOrigin}/user`,
      organization_profile_url: `${portalOrigin}/organization`,
      create_organization_url: `${portalOrigin}/create-organization`,
      waitlist_url: settings.waitlist_url,
      after_sign_in_url: settings.after_sign_in_url,
      after_sign_up_url: settings.after_sign_up_url,
      after_sign_out_one_url: settings.after_sign_out_url,
      after_sign_out_all_url: settings.after_sign_out_url,
      after_switch_session_url: '',
      after_leave_organization_url: '',
      after_create_organization_url: '',
      after_join_waitlist_url: settings.after_join_waitlist_url,
      branded: false,
      support_email: settings.support_email,
      show_devmode_warning: false,
      terms_url: settings.terms_url,
      privacy_policy_url: settings.privacy_policy_url,
      captcha_public_key: null,
      captcha_public_key_invisible: null,
      captcha_widget_type: null,
      captcha_provider: 'turnstile',
      captcha_oauth_bypass: [],
      captcha_heartbeat: false,
    },
    user_settings: {
      attributes: {
        email_address:
          settings.email_address === 'off'
            ? OFF
            : {
                ...identifier(settings.email_address),
                first_factors: settings.email_verification_strategies,
                verifications: settings.email_verification_strategies,
                verify_at_sign_up: true,
              },
        password: attribute(settings.password),
        first_name: attribute(settings.first_name),
        last_name: attribute(settings.last_name),
        phone_number: OFF,
        username: identifier(settings.username),
        web3_wallet: OFF,
        authenticator_app: OFF,
        backup_code: OFF,
        passkey: OFF,
      },
      actions: {
        delete_self: settings.delete_self,
        create_organization: settings.organizations && settings.create_organization,
        create_organizations_limit: settings.organizations_per_user || null,
      },
      social: {},
      saml: { enabled: false },
      enterprise_sso: { enabled: false, self_serve_sso: false },
      sign_in: { second_factor: { required: false, enabled: false } },
      sign_up: {
        captcha_enabled: false,
        captcha_widget_type: null,
        custom_action_required: false,
        allowlist_only: settings.allowlist,
        progressive: true,
        mode: settings.sign_up_mode,
        legal_consent_enabled: settings.legal_consent,
      },
      password_settings: {
        disable_hibp: true,
        min_length: settings.password_min_length,
        max_length: settings.password_max_length,
        require_special_char: settings.password_require_special_char,
        require_numbers: settings.password_require_numbers,
        require_uppercase: settings.password_require_uppercase,
        require_lowercase: settings.password_require_lowercase,
        show_zxcvbn: false,
        min_zxcvbn_strength: 0,
        enforce_hibp_on_sign_in: false,
        allowed_special_characters: SPECIAL_CHARACTERS,
      },
      passkey_settings: { allow_autofill: false, show_sign_in_button: false },
      username_settings: {
        min_length: settings.username_min_length,
        max_length: settings.username_max_length,
      },
      attack_protection: {
        enumeration_protection: { enabled: settings.enumeration_protection },
      },
    },
    organization_settings: {
      enabled: settings.organizations,
      max_allowed_memberships: settings.organization_max_memberships,
      force_organization_selection: settings.organizations && settings.force_organization_selection,
      actions: { admin_delete: settings.organization_admin_delete },
      domains: {
        enabled: settings.organizations && settings.organization_domains,
        enrollment_modes: settings.organization_domain_enrollment_modes,
        default_role: settings.organization_domain_default_role,
      },
      slug: { disabled: false },
      organization_creation_defaults: { enabled: false },
    },
    commerce_settings: {
      billing: {
        stripe_publishable_key: null,
        organization: { enabled: false, has_paid_plans: false },
        user: { enabled: false, has_paid_plans: false },
      },
    },
    api_keys_settings: { user_api_keys_enabled: false, orgs_api_keys_enabled: false },
  }
}
