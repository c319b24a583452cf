/** A wire between the server under test and its database, which tests can cut. */

import { createServer, connect, type AddressInfo, type Socket } from 'node:net'

/** The wire. */
export interface Wire {
  /** The database's address by way of the wire. */
  readonly url: string
  /** How many connections there are. */
  readonly count: () => number
  /** `cut` breaks every connection and takes no new one; `silent` swallows what is said from now on. */
  set(state: 'open' | 'cut' | 'silent'): void
  close(): Promise<void>
}

/** Puts a wire in front of a database that is reached through a directory. */
export async function openWire(databaseUrl: string): Promise<Wire> {
  const [, directory = '', name = ''] = /^postgres:\/\/core@([^/]+)\/(\w+)$/.exec(databaseUrl) ?? []
  const path = `${decodeURIComponent(directory)}/.s.PGSQL.5432`
  const sockets = new Set<Socket>()
  let state: 'open' | 'cut' | 'silent' = 'open'
  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy()
    const far = connect(path)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => {
        if (state === 'open') to.write(chunk)
      })
      from.on('error', () => undefined)
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
    return undefined
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const cut = (): void => sockets.forEach((socket) => socket.destroy())
  return {
    url: `postgres://core@127.0.0.1:${(server.address() as AddressInfo).port}/${name}`,
    count: () => sockets.size / 2,
    set: (next) => {
      state = next
      if (next === 'cut') cut()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        cut()
      }),
  }
}
