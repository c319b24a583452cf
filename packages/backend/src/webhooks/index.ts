export type { WebhookData, WebhookEvent, WebhookEventOf, WebhookEventType } from './event.ts'
export { type VerifyWebhookOptions, verifyWebhook } from './verify-webhook.ts'
