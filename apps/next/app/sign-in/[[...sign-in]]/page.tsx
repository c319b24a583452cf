import { SignIn } from '@core/nextjs'
import type { Metadata } from 'next'

export const metadata: Metadata = { title: 'Sign in' }

export default function SignInPage() {
  return <SignIn />
}
