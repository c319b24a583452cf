/** What the pages about an account share: calls that may ask for proof first, and a voice for screen readers. */

import type { ApiRequest } from '@core/js'
import { createContext, type Context } from 'preact'
import { useContext } from 'preact/hooks'

export interface Account {
  /** Calls the Frontend API. Where it wants proof of who is asking, asks for that and repeats the call. */
  call<T>(path: string, options?: ApiRequest): Promise<T>
  /** Says what has happened, politely. */
  announce(message: string): void
}

export const AccountContext: Context<Account | null> = createContext<Account | null>(null)

/** Reads what the page offers to its parts. */
export function useAccount(): Account {
  const account = useContext(AccountContext)
  if (account === null) throw new TypeError('A section was rendered outside its AccountPage.')
  return account
}
