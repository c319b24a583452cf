import type { RedirectOptions } from '@core/backend/internal'
import { redirect } from 'next/navigation'
import { readState } from './request-state.ts'

/**
 * Sends the visitor to the sign-in page; nothing after its `await` or `return` runs.
 *
 * @deprecated `auth()` returns it: `const { redirectToSignIn } = await auth()`.
 */
export async function redirectToSignIn(options?: RedirectOptions): Promise<never> {
  const { redirects } = await readState('redirectToSignIn')
  return redirect(redirects.redirectToSignIn(options))
}
