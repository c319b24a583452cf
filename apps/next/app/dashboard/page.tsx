import { auth } from '@core/nextjs/server'
import type { Metadata } from 'next'

export const metadata: Metadata = { title: 'Dashboard' }

export default async function DashboardPage() {
  const { userId, sessionId, orgId } = await auth.protect()

  return (
    <>
      <h1>Dashboard</h1>
      <dl>
        <dt>User</dt>
        <dd data-testid="user-id">{userId}</dd>
        <dt>Session</dt>
        <dd data-testid="session-id">{sessionId}</dd>
        <dt>Organization</dt>
        <dd data-testid="org-id">{orgId ?? 'none'}</dd>
      </dl>
    </>
  )
}
