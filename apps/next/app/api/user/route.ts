import { currentUser } from '@core/nextjs/server'

export async function GET() {
  try {
    const user = await currentUser()
    if (!user) return Response.json({ error: 'You are signed out.' }, { status: 401 })
    return Response.json(user)
  } catch {
    return Response.json({ error: 'The identity server does not answer.' }, { status: 503 })
  }
}
