/**
 * The identity server as a process of its own for tests, in which the clock, mails and the moment in which a
 * password is checked are theirs. It ends with them.
 */

import { connectToServer } from '../database/server.ts'
import { listenOnLoopback } from '../server.ts'
import { assembleForTests } from './assembly.ts'
import { openChannel } from './channel.ts'

/** The header by which tests tell what time it is. */
const CLOCK = 'x-test-now'
/** The header by which they tell who is at the other end of the connection. */
const PEER = 'x-test-peer'

const [databaseUrl = '', secret = ''] = process.argv.slice(2)
process.on('disconnect', () => process.exit())

let now = Date.now()
// Few connections: a request that needed two at once would soon wait for itself.
const identity = await assembleForTests(await connectToServer(databaseUrl, { poolSize: 2 }), {
  secret,
  now: () => now,
  send: async (mail) => void (await ask('send', mail)),
  duringVerify: () => ask('duringVerify'),
})
const answer = (request: Request): Promise<Response> => {
  now = Number(request.headers.get(CLOCK) ?? now)
  const peer = request.headers.get(PEER)
  return identity.fetch(request, peer === null ? {} : { peer })
}
const listener = await listenOnLoopback(0, answer, { replacesGlobals: true })

const at =
  <Args extends readonly unknown[], Result>(work: (...args: Args) => Result) =>
  (time: number, ...args: Args): Result => {
    now = time
    return work(...args)
  }
const ask = openChannel(process, {
  addInstance: at(identity.addInstance),
  provision: at(identity.provision),
  rotateSigningKey: at(identity.rotateSigningKey),
  listInstances: at(identity.listInstances),
})
await ask('ready', listener.port)
