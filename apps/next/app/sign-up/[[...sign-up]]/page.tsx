import { SignUp } from '@core/nextjs'
import type { Metadata } from 'next'

export const metadata: Metadata = { title: 'Sign up' }

export default function SignUpPage() {
  return <SignUp />
}
