/**
 * Where a request comes from. Anybody can write an `X-Forwarded-For`, so only what a proxy of ours added to
 * it counts: addresses are read from the right, for as long as each was written by somebody we trust.
 *
 * `Forwarded` is not read: a proxy that sets the one passes the other on as the client wrote it.
 */

import { BlockList, isIP, SocketAddress } from 'node:net'

import { IdentityError } from '../error.ts'

/** The proxies whose word on the address of a client counts. */
export interface TrustedProxies {
  has(address: string): boolean
}

/** What can be written instead of addresses. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10'],
}

/**
 * Reads `TRUSTED_PROXIES`: addresses and networks with commas between them, `loopback`, `private`.
 *
 * @throws {IdentityError} `invalid-option`
 */
export function parseTrustedProxies(text: string): TrustedProxies {
  const proxies = new BlockList()
  const entries = text.split(',').map((entry) => entry.trim())
  for (const entry of entries.filter((it) => it !== '')) {
    for (const network of (Object.hasOwn(NAMED, entry) ? NAMED[entry] : undefined) ?? [entry]) {
      add(proxies, network)
    }
  }
  return { has: (address) => proxies.check(address, familyOf(address)) }
}

function add(proxies: BlockList, network: string): void {
  const [, start = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? []
  const address = parseAddress(start)
  const width = address !== null && familyOf(address) === 'ipv4' ? 32 : 128
  const length = bits === undefined ? width : Number(bits)
  if (address === null || length > width) {
    throw new IdentityError(
      'invalid-option',
      `TRUSTED_PROXIES names "${network}", which is neither an address nor a network. Write addresses such as 10.0.0.5, networks such as 10.0.0.0/8, loopback or private, with commas between them.`,
    )
  }
  if (length === 0) {
    throw new IdentityError(
      'invalid-option',
      `TRUSTED_PROXIES names "${network}", so anybody could claim any address. Name the proxies alone.`,
    )
  }
  proxies.addSubnet(address, length, familyOf(address))
}

/** What tells where a request comes from. */
export interface Hops {
  /** Who is at the other end of the connection. Absent where there is no socket. */
  readonly peer: string | undefined
  readonly headers: Headers
  readonly proxies: TrustedProxies
  /** Whether the nearest one that is not trusted has proven in another way that it is a proxy. */
  readonly hasProvenProxy?: boolean
}

/** Finds the address of whoever sent a request, in its shortest form. `null` where nobody can tell. */
export function findAddress({ peer, headers, proxies, hasProvenProxy }: Hops): string | null {
  let address = parseAddress(peer ?? '')
  if (address === null) return null
  let isProven = hasProvenProxy === true
  const named = headers.get('x-forwarded-for')?.split(',') ?? []
  for (const entry of named.toReversed()) {
    if (!proxies.has(address)) {
      if (!isProven) return address
      isProven = false
    }
    const next = parseAddress(withoutPort(entry.trim()))
    // What was written there is no address: the last one that is known is as near as one gets.
    if (next === null) return address
    address = next
  }
  return address
}

/** Tells whether a request says that it was forwarded, by a proxy that is not trusted. */
export function isForwardedByStranger({ peer, headers, proxies }: Hops): boolean {
  const address = parseAddress(peer ?? '')
  if (address === null || proxies.has(address)) return false
  // A domain's own proxy is known by its key instead.
  return headers.has('x-forwarded-for') && !headers.has('clerk-proxy-url')
}

/** Some proxies name the port, too. */
function withoutPort(entry: string): string {
  return /^\[([^\]]*)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry
}

/** Reads an address, so that each has one form: IPv4 within IPv6 is IPv4, and zones are left out. */
export function parseAddress(text: string): string | null {
  const address = text.replace(/%.*$/, '')
  const version = isIP(address)
  if (version === 0) return null
  if (version === 4) return address
  return new SocketAddress({ address, family: 'ipv6' }).address.replace(/^::ffff:(?=\d+\.)/, '')
}

/** Tells whether an address is one of this machine. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (address.includes(':') ? 'ipv6' : 'ipv4')

/** What belongs to one visitor: an IPv4 address; of IPv6, the network that a household or a machine gets. */
export function toVisitorNetwork(address: string): string {
  return familyOf(address) === 'ipv4' ? address : cut(address, 4)
}

/** As much of an address as is written down: enough to find a neighbourhood, not a person. */
export function toNetwork(address: string): string {
  return familyOf(address) === 'ipv4' ? address.replace(/\.\d+$/, '.0/24') : cut(address, 3)
}

const toGroups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'))

/** Keeps the first groups of an IPv6 address. */
function cut(address: string, groups: number): string {
  const [head = '', tail = ''] = address.split('::')
  const [first, last] = [toGroups(head), toGroups(tail)]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  const kept = [...first, ...zeros, ...last].slice(0, groups).join(':')
  return `${parseAddress(`${kept}::`) ?? address}/${groups * 16}`
}
