import type { Instance } from '../instances/instance.ts'

/** Where a ticket is accepted, below the address of the Frontend API. */
export const ACCEPT_PATH = '/tickets/accept'

/** Where a ticket leads whoever follows its link. */
export function ticketUrl({ publicUrl }: Instance, ticket: string): string {
  return `${publicUrl}/v1${ACCEPT_PATH}?ticket=${ticket}`
}
