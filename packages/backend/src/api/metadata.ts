import type { Metadata } from '@core/protocol'
import type { ApiCaller } from './request.ts'
import { toResource } from './resources.ts'

interface Params {
  readonly publicMetadata?: Metadata
  readonly privateMetadata?: Metadata
  readonly unsafeMetadata?: Metadata
}

/**
 * Changes a resource that the API keeps apart from its metadata: from version 2026-05-12 on, `PATCH`
 * refuses metadata, and `PUT /metadata` replaces each store that is named. One request where one will
 * do; the metadata last.
 */
export async function changeWithMetadata(
  api: ApiCaller,
  path: readonly string[],
  { publicMetadata, privateMetadata, unsafeMetadata, ...body }: Params,
): Promise<unknown> {
  const metadata = { publicMetadata, privateMetadata, unsafeMetadata }
  const hasMetadata = hasMembers(metadata)
  let resource: unknown
  if (hasMembers(body) || !hasMetadata) resource = await api({ method: 'PATCH', path, body })
  if (hasMetadata) {
    resource = await api({ method: 'PUT', path: [...path, 'metadata'], body: metadata })
  }
  return toResource(resource)
}

function hasMembers(value: object): boolean {
  return Object.values(value).some((member) => member !== undefined)
}
