import { auth, isClerkAPIResponseError } from '@core/nextjs/server'

export async function GET(request: Request) {
  const { userId, getToken } = await auth()
  if (!userId) return Response.json({ error: 'You are signed out.' }, { status: 401 })
  const template = new URL(request.url).searchParams.get('template') ?? undefined
  try {
    return Response.json({ token: await getToken({ template }) })
  } catch (error) {
    const status = isClerkAPIResponseError(error) ? error.status : undefined
    return status === 404
      ? Response.json({ error: 'There is no such template.' }, { status })
      : Response.json({ error: 'The identity server does not answer.' }, { status: 503 })
  }
}
