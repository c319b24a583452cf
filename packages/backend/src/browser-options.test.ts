import { createPublishableKey } from '@core/protocol'
import { describe, expect, it } from 'vitest'
import { resolveBrowserOptions } from './browser-options.ts'

const publishableKey = createPublishableKey('development', 'localhost:4000')

describe('resolveBrowserOptions', () => {
  it('reads the public variables of the framework first', () => {
    expect(
      resolveBrowserOptions(
        {
          CLERK_PUBLISHABLE_KEY: 'pk_test_other',
          NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: publishableKey,
          CLERK_SIGN_IN_URL: '/in',
          NEXT_PUBLIC_CLERK_SIGN_UP_URL: '/up',
          NEXT_PUBLIC_CLERK_SIGN_IN_FALLBACK_REDIRECT_URL: '/dashboard',
        },
        'NEXT_PUBLIC_',
      ),
    ).toEqual({
      publishableKey,
      signInUrl: '/in',
      signUpUrl: '/up',
      signInFallbackRedirectUrl: '/dashboard',
    })
  })

  it('leaves out what is not set', () => {
    expect(resolveBrowserOptions({ CLERK_SIGN_IN_URL: '' })).toEqual({})
  })

  it('never hands out a secret that stands in the place of the publishable key', () => {
    const options = resolveBrowserOptions({ CLERK_PUBLISHABLE_KEY: 'sk_test_secret' })
    expect(JSON.stringify(options)).not.toContain('sk_test')
  })
})
