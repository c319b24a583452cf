import { NextResponse } from 'next/server'

/** What control flow that was thrown in a middleware handler asks for. */
export type Interrupt =
  | { readonly type: 'redirect'; readonly url: string; readonly status: 303 | 307 | 308 }
  | { readonly type: 'status'; readonly status: 401 | 403 | 404 }

/**
 * Recognises what `redirect()`, `notFound()`, `forbidden()` and `unauthorized()` of Next.js throw.
 * Next.js handles them while it renders, not in a middleware.
 */
export function interruptOf(error: unknown): Interrupt | null {
  if (typeof error !== 'object' || error === null || !('digest' in error)) return null
  if (typeof error.digest !== 'string') return null

  const parts = error.digest.split(';')
  if (parts[0] === 'NEXT_NOT_FOUND') return { type: 'status', status: 404 }
  if (parts[0] === 'NEXT_HTTP_ERROR_FALLBACK') {
    const status = Number(parts[1])
    return status === 401 || status === 403 || status === 404 ? { type: 'status', status } : null
  }
  if (parts[0] === 'NEXT_REDIRECT' && (parts[1] === 'replace' || parts[1] === 'push')) {
    // The URL may contain semicolons itself.
    const url = parts.slice(2, -2).join(';')
    const status = Number(parts.at(-2))
    if (status === 303 || status === 307 || status === 308) return { type: 'redirect', url, status }
  }
  return null
}

/** Turns control flow into the response that Next.js would have given. */
export function toResponse(interrupt: Interrupt, publicUrl: URL): NextResponse {
  // Answers to one visitor, not to be kept for the next.
  const headers = { 'cache-control': 'private, no-store' }
  return interrupt.type === 'redirect'
    ? NextResponse.redirect(new URL(interrupt.url, publicUrl), {
        status: interrupt.status,
        headers,
      })
    : new NextResponse(null, { status: interrupt.status, headers })
}
