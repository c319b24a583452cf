/** The portal's script and its chunks, as the user-interface package built them. */

import { readFile, readdir } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the portal. */
export interface Asset {
  readonly content: Uint8Array<ArrayBuffer>
  readonly type: string
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json',
}

/** Tells whether the portal can be served. */
export async function isPortalBuilt(): Promise<boolean> {
  return (await findAsset('portal.js')) !== null
}

/**
 * Finds a file of the portal by its name. The name is looked up among the files that are there, so no
 * spelling of it leads elsewhere.
 */
export async function findAsset(name: string): Promise<Asset | null> {
  const type = TYPES[extname(name)]
  const folder = portalFolder()
  if (type === undefined || folder === null) return null
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  if (!names.map((entry) => entry.replaceAll('\\', '/')).includes(name)) return null
  return { content: new Uint8Array(await readFile(join(folder, name))), type }
}

function portalFolder(): string | null {
  try {
    return dirname(fileURLToPath(import.meta.resolve('@core/ui/portal')))
  } catch {
    return null
  }
}
