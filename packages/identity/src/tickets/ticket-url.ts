import type { Instance } from '../instances/instance.ts'

/** Where a ticket is accepted, below the origin of the Frontend API. */
export const ACCEPT_PATH = '/tickets/accept'

/** Where a ticket leads whoever follows its link. */
export function ticketUrl({ origin }: Instance, ticket: string): string {
  return `${origin}/v1${ACCEPT_PATH}?ticket=${ticket}`
}
