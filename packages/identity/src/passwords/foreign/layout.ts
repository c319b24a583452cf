/** Tells whether a password is the one that a digest was made of. */
export type Check = (password: string) => Promise<boolean>

/**
 * Reads a digest. `null` if it is not in the layout, or would cost more to check than a sign-in may cost:
 * an import must not become a way to keep the server busy.
 */
export type Layout = (digest: string) => Check | null
