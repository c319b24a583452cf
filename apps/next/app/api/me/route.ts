import { auth } from '@core/nextjs/server'

export async function GET() {
  const { userId, sessionId, orgId = null, orgRole = null, orgSlug = null } = await auth()
  const status = userId ? 200 : 401
  return Response.json({ userId, sessionId, orgId, orgRole, orgSlug }, { status })
}
