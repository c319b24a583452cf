import { originOfHost, parsePublishableKey } from '@core/protocol'

const instance = parsePublishableKey(process.env['CLERK_PUBLISHABLE_KEY'])
if (instance === null) {
  throw new Error('Set CLERK_PUBLISHABLE_KEY, or start the app with `core dev -- npm start`.')
}

/** Tells the browser client which identity server is ours. */
export const publishableKey: string = instance.key

/** Where the browser client finds the identity server. */
export const identityOrigin: string = originOfHost(instance.frontendApi)
