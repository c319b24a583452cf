import { auth } from '@core/nextjs/server'
import type { Metadata } from 'next'

export const metadata: Metadata = { title: 'Admin' }

export default async function AdminPage() {
  const { userId, orgId } = await auth.protect({ role: 'org:admin' })

  return (
    <>
      <h1>Admin</h1>
      <p>
        <strong data-testid="user-id">{userId}</strong> administers{' '}
        <strong data-testid="org-id">{orgId}</strong>.
      </p>
    </>
  )
}
