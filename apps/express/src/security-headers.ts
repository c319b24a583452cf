import { originOfHost, parsePublishableKey } from '@core/protocol'
import type { RequestHandler } from 'express'

const instance = parsePublishableKey(process.env['CLERK_PUBLISHABLE_KEY'])

// Scripts and styles of this app only. The browser client talks to the identity server.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  `connect-src 'self' ${instance ? originOfHost(instance.frontendApi) : ''}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const securityHeaders: RequestHandler = (_req, res, next) => {
  res.set({
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    'X-Content-Type-Options': 'nosniff',
  })
  next()
}
