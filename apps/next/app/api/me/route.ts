import { auth } from '@core/nextjs/server'

export async function GET() {
  const { userId, sessionId, orgId = null, orgRole = null, orgSlug = null } = await auth()
  if (!userId) return Response.json({ error: 'You are signed out.' }, { status: 401 })
  return Response.json({ userId, sessionId, orgId, orgRole, orgSlug })
}
