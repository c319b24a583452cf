/** What a certificate says of itself, whether or not anybody should believe it. */

import { isIP } from 'node:net'
import { connect } from 'node:tls'

const TIMEOUT_MS = 5000

/** From when and until when a certificate holds, in Unix milliseconds. */
export interface Validity {
  readonly from: number
  readonly to: number
}

/**
 * Finds out how long the certificate at an address holds. `null` where none was shown: why nobody answers there
 * is another question.
 */
export function readValidity(origin: string): Promise<Validity | null> {
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
    const end = (found: Validity | null): void => {
      socket.destroy()
      resolve(found)
    }
    socket.setTimeout(TIMEOUT_MS, () => end(null))
    socket.once('error', () => end(null))
    socket.once('close', () => end(null))
    socket.once('secureConnect', () => {
      const { valid_from: from, valid_to: to } = socket.getPeerCertificate()
      const found = { from: Date.parse(from), to: Date.parse(to) }
      end(Number.isNaN(found.from + found.to) ? null : found)
    })
  })
}
