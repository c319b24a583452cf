/** How a mail is asked for that proves an address. */

import type { EnvironmentJSON } from '@core/protocol'

interface MailRequest {
  readonly strategy: string
  readonly redirectUrl?: string
}

/** Asks for a code or a link; a link leads back to this page. */
export function mailRequest(strategy: string): MailRequest {
  return strategy === 'email_link' ? { strategy, redirectUrl: location.href } : { strategy }
}

/** Reads by which means an instance has new addresses proven: links where it allows them, else codes. */
export function addressStrategyOf({ user_settings: settings }: EnvironmentJSON): string {
  const { verifications } = settings.attributes['email_address'] ?? {}
  return verifications?.includes('email_link') ? 'email_link' : 'email_code'
}
