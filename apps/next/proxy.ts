import { clerkMiddleware } from '@core/nextjs/server'

// Finds out who is asking, on every request. What is protected, each page and route says itself.
export default clerkMiddleware({
  // The organization of a page's URL becomes the active one.
  organizationSyncOptions: { organizationPatterns: ['/orgs/:slug', '/orgs/:slug/(.*)'] },
})

export const config = {
  matcher: [
    // Everything but Next.js internals and static files …
    '/((?!_next|[^?]*\\.(?:html?|css|js(?!on)|jpe?g|webp|png|gif|svg|ttf|woff2?|ico|csv|docx?|xlsx?|zip|webmanifest)).*)',
    // … and API routes always.
    '/(api|trpc)(.*)',
  ],
}
