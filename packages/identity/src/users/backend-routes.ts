import { record } from '../audit/record.ts'
import type { Transaction } from '../database/database.ts'
import { transact } from '../database/transact.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError } from '../http/errors.ts'
import { storeImage } from '../images/image.ts'
import type { Services } from '../services.ts'
import { endSessionsOfUser } from '../sessions/end.ts'
import { setBan, setBans } from './ban.ts'
import { changeUser, claimUser, createUserByAdmin, newPassword, updateUser } from './change.ts'
import { deleteUser } from './delete.ts'
import { requireUser } from './find.ts'
import { countUsers, listUsers } from './list.ts'
import { mergeMetadata, readMetadata } from './metadata.ts'
import { FORGIVEN, lockedSince } from './lockout.ts'
import { toBackendUserJson, type User, type UserRow } from './user.ts'

/** What an event says of a picture. */
const PICTURE = { fields: ['profile_image'] }

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
    event: 'user.updated',
    handle: (services, call) => change(services, call, (user) => mergeMetadata(user, call.body)),
  },
  {
    method: 'PUT',
    path: '/users/:id/metadata',
    event: 'user.updated',
    handle: (services, call) => change(services, call, () => readMetadata(call.body)),
  },
  {
    method: 'DELETE',
    path: '/users/:id',
    event: 'user.deleted',
    handle: ({ database }, call) =>
      transact(database, async (tx) =>
        deleteUser(tx, call.instance, await claimUser(tx, call), call.now),
      ),
  },
  {
    method: 'POST',
    path: '/users/:id/profile_image',
    takes: 'file',
    handle: async (services, call) => {
      await requireUser(services, call)
      const content = await call.upload()
      return change(services, call, async (user, tx) => {
        await record(tx, call, 'user.updated', user.id, PICTURE)
        return { imageId: await storeImage(tx, call.instance, content, call.now) }
      })
    },
  },
  {
    method: 'DELETE',
    path: '/users/:id/profile_image',
    handle: (services, call) =>
      change(services, call, async ({ id, imageId }, tx) => {
        if (imageId === null) throw new ApiError('image_not_found')
        await record(tx, call, 'user.updated', id, PICTURE)
        return { imageId: null }
      }),
  },
  {
    method: 'POST',
    path: '/users/:id/remove_password',
    event: 'password.removed',
    handle: (services, call) =>
      change(
        services,
        call,
        ({ passwordDigest }) => {
          if (passwordDigest === null) throw new ApiError('no_password_set')
          return newPassword(null, call.now)
        },
        { endsSessions: call.body.flag('sign_out_of_other_sessions') === true },
      ),
  },
  {
    method: 'POST',
    path: '/users/:id/password/set_compromised',
    event: 'password.compromised',
    handle: (services, call) =>
      change(
        services,
        call,
        ({ passwordDigest }) => {
          if (passwordDigest === null) throw new ApiError('no_password_set')
          return { isPasswordCompromised: true }
        },
        { endsSessions: call.body.flag('revoke_all_sessions') === true },
      ),
  },
  {
    method: 'POST',
    path: '/users/:id/password/unset_compromised',
    event: 'password.uncompromised',
    handle: (services, call) => change(services, call, () => ({ isPasswordCompromised: false })),
  },
  ...(['ban', 'unban'] as const).flatMap((verb): BackendRoute[] => [
    {
      method: 'POST',
      path: `/users/:id/${verb}`,
      handle: async ({ database }, call) =>
        write(
          await transact(database, (tx) => setBan(tx, call, call.path['id'] ?? '', verb === 'ban')),
          call,
        ),
    },
    {
      method: 'POST',
      path: `/users/${verb}`,
      handle: async (services, call) =>
        (await setBans(services, call, verb === 'ban')).map((user) => write(user, call)),
    },
  ]),
  {
    method: 'POST',
    path: '/users/:id/lock',
    event: 'user.locked',
    handle: (services, call) => change(services, call, () => lockedSince(call.now, call.instance)),
  },
  {
    method: 'POST',
    path: '/users/:id/unlock',
    event: 'user.unlocked',
    handle: (services, call) => change(services, call, () => FORGIVEN),
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

async function change(
  services: Services,
  call: Call,
  decide: (user: User, tx: Transaction) => Partial<UserRow> | Promise<Partial<UserRow>>,
  options: { readonly endsSessions?: boolean } = {},
): Promise<object> {
  const changed = await transact(services.database, async (tx) => {
    const user = await claimUser(tx, call)
    if (options.endsSessions) await endSessionsOfUser(tx, call, user.id)
    return changeUser(tx, user, await decide(user, tx), call.now)
  })
  return write(changed, call)
}

function write(user: User, { instance, now }: Call): object {
  return toBackendUserJson(user, instance, now)
}
