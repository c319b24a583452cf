import { auth } from '@core/nextjs/server'

export async function GET() {
  await auth.protect()
  return Response.json({ ok: true })
}
