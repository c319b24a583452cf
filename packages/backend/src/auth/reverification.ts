import type { ReverificationConfig } from '@core/protocol'

/** Tells the browser that the user must prove who they are again, and how. */
export interface ReverificationError {
  /** What is asked for. */
  readonly clerk_error: {
    /** Always `forbidden`. */
    readonly type: 'forbidden'
    /** Always `reverification-error`. */
    readonly reason: 'reverification-error'
    /** How the user must prove it. */
    readonly metadata: { readonly reverification?: ReverificationConfig }
  }
}

/**
 * Makes the answer of a server action to a user who must prove who they are again first. The browser
 * client understands it.
 *
 * @param reverification What `has({ reverification })` was asked.
 * @example
 * // In a server action, where has({ reverification: 'strict' }) said no:
 * const answer = reverificationError('strict')
 */
export function reverificationError(reverification?: ReverificationConfig): ReverificationError {
  return {
    clerk_error: {
      type: 'forbidden',
      reason: 'reverification-error',
      metadata: reverification === undefined ? {} : { reverification },
    },
  }
}

/**
 * Makes the response to a request whose user must prove who they are again first: status 403, with
 * {@link reverificationError} as JSON.
 *
 * @param reverification What `has({ reverification })` was asked.
 * @example
 * // In a route handler, where has({ reverification: 'strict' }) said no:
 * const response: Response = reverificationErrorResponse('strict')
 */
export function reverificationErrorResponse(reverification?: ReverificationConfig): Response {
  return Response.json(reverificationError(reverification), { status: 403 })
}
