/** Version of this package, as it tells the identity server. */
export const VERSION = '0.0.0'
