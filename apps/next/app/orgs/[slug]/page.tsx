import { auth } from '@core/nextjs/server'
import type { Metadata } from 'next'

export const metadata: Metadata = { title: 'Organization' }

interface Props {
  readonly params: Promise<{ readonly slug: string }>
}

// The middleware has asked for the organization of the URL. If the user is not in it, the one before stays.
export default async function OrganizationPage({ params }: Props) {
  const { slug } = await params
  const { orgId, orgSlug, orgRole } = await auth.protect()

  return (
    <>
      <h1>{slug}</h1>
      {orgSlug === slug ? (
        <p>
          You are <strong data-testid="org-role">{orgRole}</strong> of{' '}
          <strong data-testid="org-id">{orgId}</strong>.
        </p>
      ) : (
        <p data-testid="no-member">You are not a member of this organization.</p>
      )}
    </>
  )
}
