import { and, eq } from 'drizzle-orm'

import { users } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError } from '../http/errors.ts'
import { removeFromAll } from '../organizations/members.ts'
import type { Services } from '../services.ts'
import { endSessionsOfUser } from '../sessions/end.ts'
import { changeUser, createUserByAdmin, claimUser, updateUser } from './change.ts'
import { countUsers, listUsers } from './list.ts'
import { mergeMetadata, readMetadata } from './metadata.ts'
import { findUser, toBackendUserJson, type User, type UserRow } from './user.ts'

/** The endpoints below `/v1/users`. */
export const userBackendRoutes: readonly BackendRoute[] = [
  {
    method: 'GET',
    path: '/users',
    handle: async ({ database }, call) =>
      (await listUsers(database, call.instance.id, call.query)).map((user) => write(user, call)),
  },
  {
    method: 'GET',
    path: '/users/count',
    handle: async ({ database }, { instance, query }) => ({
      object: 'total_count',
      total_count: await countUsers(database, instance.id, query),
    }),
  },
  {
    method: 'POST',
    path: '/users',
    handle: async (services, call) => write(await createUserByAdmin(services, call), call),
  },
  {
    method: 'GET',
    path: '/users/:id',
    handle: async (services, call) => write(await requireUser(services, call), call),
  },
  {
    method: 'PATCH',
    path: '/users/:id',
    handle: async (services, call) => write(await updateUser(services, call), call),
  },
  {
    method: 'PATCH',
    path: '/users/:id/metadata',
    handle: (services, call) => change(services, call, (user) => mergeMetadata(user, call.body)),
  },
  {
    method: 'PUT',
    path: '/users/:id/metadata',
    handle: (services, call) => change(services, call, () => readMetadata(call.body)),
  },
  {
    method: 'DELETE',
    path: '/users/:id',
    handle: async ({ database }, call) => {
      const { instance, now } = call
      const { id } = await transact(database, async (tx) => {
        const user = await claimUser(tx, call)
        await removeFromAll(tx, instance, user.id, now)
        // Addresses, sessions and attempts go with the row.
        await tx.delete(users).where(and(eq(users.id, user.id), eq(users.instanceId, instance.id)))
        return user
      })
      return { object: 'user', id, deleted: true }
    },
  },
  {
    method: 'POST',
    path: '/users/:id/ban',
    handle: (services, call) =>
      change(services, call, () => ({ isBanned: true }), { endsSessions: true }),
  },
  {
    method: 'POST',
    path: '/users/:id/unban',
    handle: (services, call) => change(services, call, () => ({ isBanned: false })),
  },
  {
    method: 'POST',
    path: '/users/:id/lock',
    handle: (services, call) =>
      change(services, call, () => ({
        isLocked: true,
        lockExpiresAt: call.now + call.instance.settings.lockout_duration * 1000,
      })),
  },
  {
    method: 'POST',
    path: '/users/:id/unlock',
    handle: (services, call) =>
      change(services, call, () => ({ isLocked: false, lockExpiresAt: null, failedAttempts: 0 })),
  },
  {
    method: 'POST',
    path: '/users/:id/verify_password',
    handle: async (services, call) => {
      const user = await requireUser(services, call)
      const password = call.body.required('password', 100_000)
      if (user.passwordDigest === null) throw new ApiError('no_password_set')
      if (!(await services.passwords.verify(user.passwordDigest, password))) {
        throw new ApiError('incorrect_password')
      }
      return { verified: true }
    },
  },
]

async function requireUser({ database }: Services, { instance, path }: Call): Promise<User> {
  const user = await findUser(database, instance.id, path['id'] ?? '')
  if (user === null) throw new ApiError('resource_not_found')
  return user
}

async function change(
  services: Services,
  call: Call,
  decide: (user: User) => Partial<UserRow>,
  options: { readonly endsSessions?: boolean } = {},
): Promise<object> {
  const changed = await transact(services.database, async (tx) => {
    const user = await claimUser(tx, call)
    if (options.endsSessions) await endSessionsOfUser(tx, call.instance.id, user.id, call.now)
    return changeUser(tx, user, decide(user), call.now)
  })
  return write(changed, call)
}

function write(user: User, { instance, now }: Call): object {
  return toBackendUserJson(user, instance, now)
}
