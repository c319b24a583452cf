/** What stands between a server and its database, and speaks with both: TLS, and poolers of several kinds. */

import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

import type { Certificate } from './certificate.ts'

/** How it behaves. */
export interface PoolerOptions {
  /** Takes TLS with this certificate. Left out: it says that it speaks none. */
  readonly certificate?: Certificate
  /**
   * `passes` gives each client a connection of its own. `refuses` takes no limits of connections, as PgBouncer
   * does unless it is told to ignore them; then it `ignores` them. `shares` ignores them, and gives all clients
   * one connection, for a transaction each, as PgBouncer does before 1.21.
   */
  readonly mode: 'passes' | 'refuses' | 'ignores' | 'shares'
  /** How long answers of the server are on their way. */
  readonly delayMs?: number
}

/** The address by way of it, and what ends it. */
export interface Pooler {
  readonly url: string
  close(): Promise<void>
}

const SSL_REQUEST = 80_877_103

/** Puts one in front of a database that is reached through a directory. */
export async function openPooler(databaseUrl: string, options: PoolerOptions): Promise<Pooler> {
  const [, directory = '', name = ''] = /^postgres:\/\/core@([^/]+)\/(\w+)$/.exec(databaseUrl) ?? []
  const sockets = new Set<Socket>()
  const keep = <S extends Socket>(socket: S): S => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
    return socket
  }
  const toServer = (): Socket => keep(connect(`${decodeURIComponent(directory)}/.s.PGSQL.5432`))
  const shared = options.mode === 'shares' ? share(toServer(), name) : null
  const welcome = (client: Socket, startup: Buffer): void => {
    if (options.mode === 'refuses' && startup.includes('statement_timeout')) {
      client.end(errorMessage('08P01', 'unsupported startup parameter: statement_timeout'))
    } else if (shared === null) {
      const server = toServer()
      server.write(
        options.mode === 'ignores' ? startupMessage({ user: 'core', database: name }) : startup,
      )
      client.pipe(server)
      const { delayMs = 0 } = options
      server.on('data', (said) => setTimeout(() => client.write(said), delayMs))
      server.on('close', () => client.end())
    } else {
      shared.join(client)
    }
  }
  const server = createServer((socket) => {
    keep(socket).once('data', (first: Buffer) => {
      if (first.readInt32BE(4) !== SSL_REQUEST) return welcome(socket, first)
      const { certificate } = options
      if (certificate === undefined) return void socket.end('N')
      socket.write('S')
      const secure = keep(new TLSSocket(socket, { isServer: true, ...certificate }))
      secure.once('data', (startup: Buffer) => welcome(secure, startup))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `postgres://core@localhost:${(server.address() as AddressInfo).port}/${name}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        sockets.forEach((socket) => socket.destroy())
      }),
  }
}

/** Gives clients turns on one connection: each keeps it until the server says that no transaction is open. */
function share(server: Socket, database: string): { join(client: Socket): void } {
  const waiting: { readonly client: Socket; readonly said: Buffer }[] = []
  let greeting: Buffer | null = null
  let turn: Socket | null = null
  const newcomers: Socket[] = []
  const next = (): void => {
    if (turn !== null || greeting === null) return
    const first = waiting.shift()
    if (first === undefined) return
    turn = first.client
    server.write(first.said)
  }
  let heard = Buffer.alloc(0)
  server.on('data', (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk])
    const end = endOfTurn(heard)
    if (end === null) return
    const answer = heard.subarray(0, end.length)
    heard = heard.subarray(end.length)
    if (greeting === null) {
      greeting = answer
      for (const client of newcomers.splice(0)) client.write(answer)
      return next()
    }
    turn?.write(answer)
    if (end.isIdle) turn = null
    next()
  })
  server.write(startupMessage({ user: 'core', database }))
  return {
    join: (client) => {
      if (greeting === null) newcomers.push(client)
      else client.write(greeting)
      client.on('data', (said: Buffer) => {
        // That it leaves is nothing to tell the server.
        if (said[0] === 0x58) return
        if (client === turn) server.write(said)
        else waiting.push({ client, said })
        next()
      })
    },
  }
}

/** Finds where the server has answered and waits for more: the last message is its "ready for query". */
function endOfTurn(heard: Buffer): { readonly length: number; readonly isIdle: boolean } | null {
  for (let at = 0; at + 5 <= heard.length;) {
    const length = 1 + heard.readInt32BE(at + 1)
    if (at + length > heard.length) return null
    if (heard[at] === 0x5a) return { length: at + length, isIdle: heard[at + 5] === 0x49 }
    at += length
  }
  return null
}

function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const text = `${Object.entries(parameters).flat().join('\0')}\0\0`
  const message = Buffer.alloc(8 + text.length)
  message.writeInt32BE(message.length, 0)
  message.writeInt32BE(196_608, 4)
  message.write(text, 8)
  return message
}

function errorMessage(code: string, text: string): Buffer {
  const fields = `SFATAL\0VFATAL\0C${code}\0M${text}\0\0`
  const message = Buffer.alloc(5 + fields.length)
  message.write('E', 0)
  message.writeInt32BE(message.length - 1, 1)
  message.write(fields, 5)
  return message
}
