/** What a link in a mail says to the page that it leads to. */

import { QUERY } from '@core/protocol'
import { useState } from 'preact/hooks'
import { useHost } from './host.ts'

export interface Arrival {
  /** Lets somebody sign in or up who was sent it. */
  readonly ticket: string | null
  /** What became of a link, or what a ticket is good for. */
  readonly status: string | null
  /** The session that came of a link that was opened here. */
  readonly sessionId: string | null
}

const NONE: Arrival = { ticket: null, status: null, sessionId: null }

/** Takes what a link says out of the address bar, so that it is neither used twice nor shared. */
export function useArrival(): Arrival {
  const { modal } = useHost()
  // A dialog is opened by a person, not by a link.
  return useState(() => (modal === null ? takeArrival() : NONE))[0]
}

function takeArrival(): Arrival {
  const url = new URL(location.href)
  const take = (name: string): string | null => {
    const value = url.searchParams.get(name)
    url.searchParams.delete(name)
    return value || null
  }
  const arrival = {
    ticket: take(QUERY.ticket),
    status: take(QUERY.status),
    sessionId: take(QUERY.createdSession),
  }
  if (url.href !== location.href) history.replaceState(history.state, '', url)
  return arrival
}

/** What may have become of a link, of those things that a page says a sentence about. */
export type LinkStatus = 'verified' | 'expired' | 'failed' | 'client_mismatch'

/** Reads what became of a link; anything unknown is a failure. `null`: the page was not opened by one. */
export function linkStatusOf({ ticket, status }: Arrival): LinkStatus | null {
  if (ticket !== null || status === null) return null
  return status === 'verified' || status === 'expired' || status === 'client_mismatch'
    ? status
    : 'failed'
}
