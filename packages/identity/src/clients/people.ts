/** A client with everybody who is signed in there, in one question: most answers to a browser carry that. */

import { and, asc, eq, sql } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { clients, emailAddresses, sessions, users, verifications } from '../database/schema.ts'
import { createStatement, given } from '../database/statement.ts'
import type { Visit } from '../http/visit.ts'
import { organizationMemberships } from '../organizations/tables.ts'
import { isLiveNow, type Session } from '../sessions/session.ts'
import { OF_USER, toUsers, type User, type UserPart } from '../users/user.ts'
import type { Client } from './client.ts'

/** Somebody who is signed in. */
export interface SignedIn {
  readonly session: Session
  readonly user: User
  /** Whether they belong to an organization. Most belong to none, and need not be asked about. */
  readonly isMember: boolean
}

/** A client, and who is signed in there: sessions that still sign somebody in, oldest first. */
export interface ClientWithPeople {
  readonly client: Client | null
  readonly people: readonly SignedIn[]
}

/** Finds the client of a visit with everybody who is signed in there. */
export async function findClientWithPeople(
  db: Queryable,
  { instance, clientId, now }: Pick<Visit, 'instance' | 'clientId' | 'now'>,
): Promise<ClientWithPeople> {
  if (clientId === null) return { client: null, people: [] }
  const instanceId = instance.id
  const rows = await clientWithPeople(db).execute({ clientId, instanceId, now })
  // By session and not by user: somebody else may act as one who is signed in beside them.
  const found = new Map<string, Omit<SignedIn, 'user'> & { readonly parts: UserPart[] }>()
  for (const { session, user, address, verification, isMember } of rows) {
    if (session === null || user === null) continue
    const known = found.get(session.id) ?? { session, isMember, parts: [] }
    known.parts.push({ user, address, verification })
    found.set(session.id, known)
  }
  const people = [...found.values()].flatMap(({ parts, ...rest }) =>
    [...toUsers(parts).values()].map((user) => ({ ...rest, user })),
  )
  return { client: rows[0]?.client ?? null, people }
}

const clientWithPeople = createStatement('client_with_people', (db) =>
  db
    .select({
      client: clients,
      session: sessions,
      user: users,
      address: emailAddresses,
      verification: verifications,
      isMember: sql<boolean>`exists (select 1 from ${organizationMemberships}
        where ${organizationMemberships.userId} = ${users.id})`,
    })
    .from(clients)
    .leftJoin(sessions, and(eq(sessions.clientId, clients.id), isLiveNow()))
    .leftJoin(users, and(eq(users.id, sessions.userId), eq(users.instanceId, clients.instanceId)))
    .leftJoin(emailAddresses, OF_USER.address)
    .leftJoin(verifications, OF_USER.verification)
    .where(and(eq(clients.id, given('clientId')), eq(clients.instanceId, given('instanceId'))))
    .orderBy(asc(sessions.createdAt), asc(sessions.id), ...OF_USER.order),
)
