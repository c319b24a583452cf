/** Who does something. */
export interface Actor {
  /**
   * A visitor is not signed in. An impersonator is signed in as somebody else. A key is a secret key of the
   * application, a command one of whoever runs the server.
   */
  readonly kind: 'visitor' | 'user' | 'impersonator' | 'key' | 'command'
  readonly id: string | null
  /** In whose name an impersonator acts. */
  readonly userId?: string
}

/** Whoever is not signed in. */
export const VISITOR: Actor = { kind: 'visitor', id: null }

/** Whoever runs the server. */
export const COMMAND: Actor = { kind: 'command', id: null }

/** Who uses a session. */
export function actorOf(session: {
  readonly userId: string
  readonly actor: { readonly sub: string } | null
}): Actor {
  return session.actor === null
    ? { kind: 'user', id: session.userId }
    : { kind: 'impersonator', id: session.actor.sub, userId: session.userId }
}
