import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

import { afterEach, describe, expect, it, vi } from 'vitest'

import { resolveSettings } from '../instances/settings.ts'
import type { Instance } from '../instances/instance.ts'
import { createSmtpMailer } from './mailer.ts'
import { codeMail } from './messages.ts'

let server: Server | undefined
afterEach(async () => {
  await new Promise((resolve) => {
    if (server === undefined) resolve(null)
    else server.close(resolve)
  })
})

/** A mail server that says yes to everything and keeps what it was told. */
async function openMailServer(): Promise<{ url: string; lines: string[] }> {
  const lines: string[] = []
  const talk = (socket: Socket): void => {
    let isData = false
    let rest = ''
    socket.write('220 test\r\n')
    socket.on('data', (chunk) => {
      const parts = (rest + chunk.toString()).split('\r\n')
      rest = parts.pop() ?? ''
      for (const line of parts) {
        lines.push(line)
        if (isData && line !== '.') continue
        if (/^DATA/i.test(line)) {
          isData = true
          socket.write('354 go on\r\n')
          continue
        }
        isData = false
        socket.write(/^QUIT/i.test(line) ? '221 bye\r\n' : '250 ok\r\n')
      }
    })
  }
  server = createServer(talk)
  const listening = server
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve)
  })
  return { url: `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`, lines }
}

const INSTANCE = {} as Instance

describe('a mailer', () => {
  it('hands the mail over: one recipient, and the code on a line of its own', async () => {
    const { url, lines } = await openMailServer()
    const mailer = createSmtpMailer(url, 'Acme <no-reply@example.com>')
    const mail = codeMail(resolveSettings({}), 'sign-up', 'ada@example.com', '012345')
    await mailer.send(INSTANCE, mail)
    expect(lines.filter((line) => line.startsWith('RCPT TO'))).toEqual([
      'RCPT TO:<ada@example.com>',
    ])
    expect(lines).toContain('From: Acme <no-reply@example.com>')
    expect(lines).toContain('Subject: 012345 is your Core code')
    expect(lines).toContain('012345')
  })

  it('fails when nobody takes the mail', async () => {
    const mailer = createSmtpMailer('smtp://127.0.0.1:1', 'no-reply@example.com')
    const mail = codeMail(resolveSettings({}), 'sign-in', 'ada@example.com', '012345')
    await expect(mailer.send(INSTANCE, mail)).rejects.toThrow('ECONNREFUSED')
  })

  it('gives a server up that says nothing for long, whatever its address allows', async () => {
    const silent = createServer()
    server = silent
    const greeted = once(silent, 'connection')
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const mailer = createSmtpMailer(
        `smtp://127.0.0.1:${port}?connectionTimeout=60000&greetingTimeout=60000`,
        'no-reply@example.com',
      )
      const mail = codeMail(resolveSettings({}), 'sign-in', 'ada@example.com', '012345')
      const sent = mailer.send(INSTANCE, mail).catch((error: unknown) => error)
      const [socket] = (await greeted) as [Socket]
      await vi.advanceTimersByTimeAsync(10_000)
      expect(await sent).toMatchObject({ message: 'The mail server took too long.' })
      socket.destroy()
    } finally {
      vi.useRealTimers()
    }
  })

  it('writes an application’s name into a subject as one line', () => {
    const settings = resolveSettings({ application_name: 'Acme\r\nBcc: eve@example.com' })
    const { subject } = codeMail(settings, 'sign-in', 'ada@example.com', '012345')
    expect(subject).not.toMatch(/[\r\n]/)
  })
})
