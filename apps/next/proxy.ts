import { clerkMiddleware } from '@core/nextjs/server'

// Finds out who is asking, on every request. What is protected, each page and route says itself.
export default clerkMiddleware()

export const config = {
  matcher: [
    // Everything but Next.js internals and static files …
    '/((?!_next|[^?]*\\.(?:html?|css|js(?!on)|jpe?g|webp|png|gif|svg|ttf|woff2?|ico|csv|docx?|xlsx?|zip|webmanifest)).*)',
    // … and API routes always.
    '/(api|trpc)(.*)',
  ],
}
