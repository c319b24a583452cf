import type { Identity } from '../identity.ts'
import type { Listener } from '../server.ts'
import type { Child } from './child.ts'

/** Runs until a signal arrives or the child ends, then puts everything away in order. */
export async function runUntilStopped(
  identity: Identity,
  listener: Listener,
  child: Child | null,
): Promise<number> {
  const stopped = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve(0)
      })
    }
  })
  const code = await (child === null ? stopped : Promise.race([stopped, child.exited]))
  // Apps first: while they finish their requests, they may still need us.
  await child?.stop()
  await listener.close()
  await identity.close()
  return code
}
