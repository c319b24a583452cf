import { ClerkProvider, UserButton } from '@core/nextjs'
import type { Metadata } from 'next'
import Link from 'next/link'
import type { ReactNode } from 'react'
import './styles.css'

export const metadata: Metadata = {
  title: { default: 'Core on Next.js', template: '%s – Core on Next.js' },
}

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <ClerkProvider dynamic>
      <html lang="en">
        <body>
          <header>
            <nav aria-label="Main">
              <Link href="/">Home</Link>
              <Link href="/dashboard">Dashboard</Link>
              <Link href="/admin">Admin</Link>
            </nav>
            <UserButton />
          </header>
          <main>{children}</main>
        </body>
      </html>
    </ClerkProvider>
  )
}
