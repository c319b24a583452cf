import { record } from '../audit/record.ts'
import { requireClient } from '../clients/client.ts'
import { transact } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import type { FrontendRoute } from '../http/route.ts'
import { imageUrl, storeImage } from '../images/image.ts'
import { noteSignOut } from '../sessions/end.ts'
import { changeUser } from './change.ts'
import { deleteUser } from './delete.ts'
import { changeMe, claimMe, findMe, writeMe } from './me.ts'
import { mergeMetadata } from './metadata.ts'
import { changeOwnPassword, removeOwnPassword } from './own-password.ts'
import { readOwnProfile } from './profile.ts'

/** What an event says of a picture. */
const PICTURE = { fields: ['profile_image'] }

/** The endpoints below `/v1/me` that are about the user alone. */
export const meRoutes: readonly FrontendRoute[] = [
  {
    method: 'GET',
    path: '/me',
    reply: 'envelope',
    handle: async (services, visit) =>
      writeMe(services, visit, (await findMe(services, visit)).user),
  },
  {
    method: 'PATCH',
    path: '/me',
    event: 'user.updated',
    reply: 'envelope',
    // What one signs in by. The rest is how one is called.
    needs: { proof: 'reverification', params: ['username', 'primary_email_address_id'] },
    handle: (services, visit) =>
      changeMe(services, visit, ({ user }) => readOwnProfile(visit, user)),
  },
  {
    method: 'PATCH',
    path: '/me/metadata',
    event: 'user.updated',
    reply: 'envelope',
    handle: (services, visit) =>
      changeMe(services, visit, ({ user }) => {
        // The other kinds belong to the application.
        const { unsafeMetadata = user.unsafeMetadata } = mergeMetadata(user, visit.body)
        return { unsafeMetadata }
      }),
  },
  {
    method: 'DELETE',
    path: '/me',
    event: 'user.deleted',
    reply: 'envelope',
    needs: { proof: 'reverification' },
    handle: ({ database }, visit) =>
      transact(database, async (tx) => {
        const client = await requireClient(tx, visit)
        const { user } = await claimMe(tx, visit)
        const isAllowed = user.canDeleteSelf && visit.instance.settings.delete_self
        if (!isAllowed) throw new ApiError('resource_forbidden')
        const deleted = await deleteUser(tx, visit.instance, user, visit.now)
        await noteSignOut(tx, visit, client, true)
        return deleted
      }),
  },
  {
    method: 'POST',
    path: '/me/change_password',
    reply: 'envelope',
    needs: { proof: 'reverification' },
    handle: changeOwnPassword,
  },
  {
    method: 'POST',
    path: '/me/remove_password',
    reply: 'envelope',
    needs: { proof: 'reverification' },
    handle: removeOwnPassword,
  },
  {
    method: 'POST',
    path: '/me/profile_image',
    reply: 'envelope',
    takes: 'file',
    handle: async (services, visit) => {
      // Asked before the picture is read: nobody else makes the server hold ten megabytes.
      await findMe(services, visit)
      const content = await visit.upload()
      const id = await transact(services.database, async (tx) => {
        const { user } = await claimMe(tx, visit)
        const imageId = await storeImage(tx, visit.instance, content, visit.now)
        await changeUser(tx, user, { imageId }, visit.now)
        await record(tx, visit, 'user.updated', user.id, PICTURE)
        return imageId
      })
      return { object: 'image', id, name: null, public_url: imageUrl(visit.instance, id) }
    },
  },
  {
    method: 'DELETE',
    path: '/me/profile_image',
    reply: 'envelope',
    handle: ({ database }, visit) =>
      transact(database, async (tx) => {
        const { user } = await claimMe(tx, visit)
        if (user.imageId === null) throw new ApiError('image_not_found')
        await changeUser(tx, user, { imageId: null }, visit.now)
        await record(tx, visit, 'user.updated', user.id, PICTURE)
        return { object: 'image', id: user.imageId, deleted: true }
      }),
  },
]
