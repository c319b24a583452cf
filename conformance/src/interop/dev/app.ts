/** An app's server beside `core dev`: it knows its environment, and `@clerk/backend` from npm. */
import * as newest from '@clerk/backend'
import * as first from 'clerk-backend-1'

const keys = {
  secretKey: process.env['CLERK_SECRET_KEY'] ?? '',
  publishableKey: process.env['CLERK_PUBLISHABLE_KEY'] ?? '',
  apiUrl: process.env['CLERK_API_URL'] ?? '',
  telemetry: { disabled: true },
}

const client = newest.createClerkClient(keys)
const { id: userId } = await client.users.createUser({
  emailAddress: ['ada@example.com'],
  skipPasswordRequirement: true,
})
const session = await client.sessions.createSession({ userId })
const { jwt } = await client.sessions.getToken(session.id)
const request = new Request('http://127.0.0.1:3000/', {
  headers: { authorization: `Bearer ${jwt}` },
})
for (const { authenticateRequest } of [first.createClerkClient(keys), client]) {
  const state = await authenticateRequest(request)
  console.log(state.toAuth()?.userId === userId ? 'signed in' : state.reason)
}
