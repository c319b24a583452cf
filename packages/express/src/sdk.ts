/** Name and version of this package, as it tells the identity server. */
export const SDK = '@core/express@0.0.0'
