import { SignedIn, SignedOut, SignOutButton, SignUpButton } from '@core/nextjs'
import { auth } from '@core/nextjs/server'
import Link from 'next/link'

export default async function HomePage() {
  const { userId } = await auth()

  return (
    <>
      <h1>Core on Next.js</h1>
      <p>
        You are: <strong data-testid="user-id">{userId ?? 'signed out'}</strong>
      </p>
      <div className="actions">
        <SignedOut>
          <Link href="/sign-in">Sign in</Link>
          <SignUpButton forceRedirectUrl="/dashboard" />
        </SignedOut>
        <SignedIn>
          <Link href="/dashboard">Open the dashboard</Link>
          <SignOutButton />
        </SignedIn>
      </div>
    </>
  )
}
