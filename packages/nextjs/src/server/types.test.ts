import {
  NextResponse,
  type NextFetchEvent,
  type NextMiddleware,
  type NextRequest,
} from 'next/server'
import { describe, expectTypeOf, it } from 'vitest'
import {
  auth,
  clerkClient,
  clerkMiddleware,
  createRouteMatcher,
  currentUser,
  redirectToSignIn,
  type ClerkClient,
  type User,
} from './index.ts'

// What is written here is checked by the compiler; none of it runs.
const neverCalled = (_run: () => unknown): void => {}

describe('types', () => {
  it('let auth() be narrowed, and give it one property', () => {
    expectTypeOf<keyof typeof auth>().toEqualTypeOf<'protect'>()
    neverCalled(async () => {
      const { userId, orgId, has, getToken, redirectToSignIn: toSignIn } = await auth()
      expectTypeOf(userId).toEqualTypeOf<string | null>()
      expectTypeOf(orgId).toEqualTypeOf<string | null | undefined>()
      expectTypeOf(getToken({ template: 'supabase' })).resolves.toEqualTypeOf<string | null>()
      has({ permission: 'org:invoices:create' })
      // @ts-expect-error -- system permissions never reach a token
      has({ permission: 'org:sys_memberships:manage' })
      return toSignIn({ returnBackUrl: new URL('https://app.test') })
    })
  })

  it('let auth.protect() return signed-in users only, for known conditions', () => {
    neverCalled(async () => {
      expectTypeOf((await auth.protect()).userId).toEqualTypeOf<string>()
      await auth.protect({ role: 'org:admin' }, { unauthorizedUrl: '/' })
      await auth.protect((has) => has({ role: 'org:admin' }) || has({ permission: 'org:a:b' }))
      await auth.protect({ has: (has) => has({ role: 'org:admin' }), unauthenticatedUrl: '/' })
      // @ts-expect-error -- system permissions never reach a token
      await auth.protect({ permission: 'org:sys_memberships:manage' })
      // @ts-expect-error -- not a condition
      await auth.protect({ rol: 'org:admin' })
    })
  })

  it('let clerkMiddleware() be called in four ways', () => {
    const isPublic = createRouteMatcher(['/sign-in(.*)'])
    expectTypeOf(clerkMiddleware()).toEqualTypeOf<NextMiddleware>()
    neverCalled(() => [
      clerkMiddleware({ authorizedParties: ['https://app.test'], debug: true }),
      clerkMiddleware(async (getAuth, request) => {
        if (!isPublic(request)) await getAuth.protect()
      }),
      clerkMiddleware(() => NextResponse.next(), { signInUrl: '/in' }),
      clerkMiddleware(
        () => redirectToSignIn(),
        async (request) => ({ secretKey: request.nextUrl.host }),
      ),
      clerkMiddleware({} as NextRequest, {} as NextFetchEvent),
      // @ts-expect-error -- not an option
      clerkMiddleware({ signInURL: '/in' }),
    ])
  })

  it('let clerkClient be awaited or not', () => {
    neverCalled(async () => {
      expectTypeOf(await clerkClient()).toExtend<ClerkClient>()
      expectTypeOf(clerkClient).toExtend<ClerkClient>()
      expectTypeOf(clerkClient.users.getUser('')).resolves.toEqualTypeOf<User>()
      expectTypeOf(await currentUser()).toEqualTypeOf<User | null>()
    })
  })
})
