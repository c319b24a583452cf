import { Agent, request } from 'node:http'

import { expect, it } from 'vitest'

import { listenOnAll, listenOnLoopback } from './server.ts'

/** Asks over a connection that is kept open, as browsers and proxies do. */
function ask(agent: Agent, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ agent, port, host: '127.0.0.1' }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
      .once('error', reject)
      .end()
  })
}

it.each([
  ['every address', listenOnAll],
  ['loopback', listenOnLoopback],
])(
  'on %s lets requests under way finish when it closes, and takes no new ones',
  async (_where, listen) => {
    const agent = new Agent({ keepAlive: true })
    const steps: string[] = []
    const arrivals: (() => void)[] = []
    const arrived = new Promise<void>((resolve) => {
      arrivals.push(resolve)
    })
    const releases: (() => void)[] = []
    const released = new Promise<void>((resolve) => {
      releases.push(resolve)
    })
    let isSlow = false
    const listener = await listen(0, async () => {
      if (isSlow) {
        arrivals.forEach((resolve) => resolve())
        await released
      }
      return new Response('ok')
    })
    // This connection stays open, and is idle.
    expect(await ask(agent, listener.port)).toBe(200)
    isSlow = true
    const slow = ask(new Agent({ keepAlive: true }), listener.port).then((status) => {
      steps.push('answered')
      return status
    })
    await arrived
    const closed = listener.close().then(() => steps.push('closed'))
    await expect(ask(new Agent(), listener.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    releases.forEach((resolve) => resolve())
    expect(await slow).toBe(200)
    const answeredAt = performance.now()
    await closed
    // Not after the five seconds for which Node keeps a connection that nobody uses.
    expect(performance.now() - answeredAt).toBeLessThan(4000)
    expect(steps).toEqual(['answered', 'closed'])
    agent.destroy()
  },
)
