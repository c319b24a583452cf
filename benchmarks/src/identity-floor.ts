/** Prints how often this machine signs with RS256, or checks an argon2id hash, per second of processor time. */
import { hash, verify } from '@node-rs/argon2'

/** As the identity server hashes passwords. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const AT_ONCE = 8

async function rateOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const worker = async (): Promise<void> => {
    for (let i = 0; i < count / AT_ONCE; i++) await work()
  }
  const drive = () => Promise.all(Array.from({ length: AT_ONCE }, worker))
  await drive()
  const before = process.cpuUsage()
  await drive()
  const { user, system } = process.cpuUsage(before)
  return count / ((user + system) / 1_000_000)
}

const floors: Readonly<Record<string, () => Promise<number>>> = {
  signings: async () => {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const { privateKey } = await crypto.subtle.generateKey(
      { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
      false,
      ['sign', 'verify'],
    )
    // As long as a session token.
    const message = new TextEncoder().encode('x'.repeat(500))
    return rateOf(2000, () => crypto.subtle.sign(algorithm, privateKey, message))
  },
  hashes: async () => {
    const digest = await hash('correct horse battery', COST)
    return rateOf(80, () => verify(digest, 'correct horse battery'))
  },
}

const measure = floors[process.argv[2] ?? '']
if (measure === undefined) throw new Error('Say what: signings or hashes.')
process.stdout.write(String(await measure()))
