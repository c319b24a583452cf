/** What a certificate says of itself, whether or not anybody should believe it. */

import { isIP } from 'node:net'
import { connect } from 'node:tls'

const TIMEOUT_MS = 5000

/**
 * Finds out until when the certificate at an address holds, in Unix milliseconds. `null` where none was shown:
 * why nobody answers there is another question.
 */
export function readCertificateEnd(origin: string): Promise<number | null> {
  const { protocol, hostname, port } = new URL(origin)
  if (protocol !== 'https:') return Promise.resolve(null)
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname,
      port: Number(port || '443'),
      ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
      // One that is over is what we look for. Nothing is sent.
      rejectUnauthorized: false,
    })
    const end = (found: number | null): void => {
      socket.destroy()
      resolve(found)
    }
    socket.setTimeout(TIMEOUT_MS, () => end(null))
    socket.once('error', () => end(null))
    socket.once('close', () => end(null))
    socket.once('secureConnect', () => {
      const time = Date.parse(socket.getPeerCertificate().valid_to)
      end(Number.isNaN(time) ? null : time)
    })
  })
}
