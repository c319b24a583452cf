/**
 * Kills the program `core` again and again while people use it, and looks each time whether everything that
 * was confirmed is there, nothing is half there, and nobody was signed out.
 */

import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

import { and, eq, isNull } from 'drizzle-orm'

import type { Database } from '../database/database.ts'
import { openEmbeddedDatabase } from '../database/embedded.ts'
import { signingKeys } from '../database/schema.ts'
import { withPatientConnection } from '../database/server.ts'
import { readKeyFile } from '../instances/provision.ts'
import { provisionSecret } from '../vault/secret.ts'
import { createLedger, findLosses, findViolations, type Ledger } from './invariants.ts'
import { runCore, type Program } from './program.ts'
import {
  Visitor,
  UnexpectedReply,
  callBackend,
  expectOk,
  refresh,
  testAddress,
  type CookiePair,
} from './visitor.ts'

/** What is killed, and how often. */
export interface KillsOptions {
  readonly count: number
  /** Data directory of the program. It is there, and holds an empty database or none. */
  readonly directory: string
  /** Database server. Left out: the embedded database of the directory. */
  readonly databaseUrl?: string
  /** Told of every kill. */
  readonly log?: (line: string) => void
}

/** What came of it. Nothing should be wrong. */
export interface KillsReport {
  /** How often the program was killed. Now and then it had ended before. */
  readonly kills: number
  /** What was confirmed to somebody. */
  readonly confirmed: Ledger
  readonly wrong: readonly string[]
}

const PASSWORD = 'correct horse battery'
const WRITERS = 4

/** Of so many kills, one hits the program that replaces the signing key. */
const ROTATION_EVERY = 5

/** A server is killed after so many steps at most, in the middle of the next ones. */
const MAX_STEPS = 30
const MAX_USE_MS = 20_000

/** Who has signed up, and what the server of an app keeps for them. */
interface Customer {
  readonly visitor: Visitor
  readonly email: string
  pair: CookiePair | null
  /** An exchange was under way when the server died: it may have happened. */
  isInDoubt: boolean
}

/** Everything that one run knows. */
interface World extends KillsOptions {
  readonly confirmed: Ledger
  readonly customers: Customer[]
  readonly wrong: string[]
  url: string
  secretKey: string
  made: number
  /** Answers that people got. */
  steps: number
  /** How long the program took to start: about as long as it takes to replace a key. */
  startMs: number
  /** The key that somebody was told is signed with from now on, until a later replacement is killed. */
  newestKey: string | null
  /** Replacements of a key that ended before they could be killed. */
  rotations: number
}

/** What people do, in turn. Each notes what was confirmed when it was. */
const FLOWS: readonly ((world: World) => Promise<void>)[] = [
  signUp,
  exchangeTokens,
  createOrganization,
  acceptInvitation,
]

/** Kills the program as often as asked. */
export async function killRepeatedly(options: KillsOptions): Promise<KillsReport> {
  const world: World = {
    ...options,
    confirmed: createLedger(),
    customers: [],
    wrong: [],
    url: '',
    secretKey: '',
    made: 0,
    steps: 0,
    startMs: 0,
    newestKey: null,
    rotations: 0,
  }
  for (let kill = 1; kill <= options.count; kill++) {
    const isRotation = kill % ROTATION_EVERY === 0
    await (isRotation ? killRotation(world) : killServer(world))
    await inspect(world, kill)
    options.log?.(
      `${kill} of ${options.count}: ${isRotation ? 'a rotation' : 'the server'} was killed; ${describe(world)}`,
    )
  }
  // What the last kill left must serve, too.
  const program = await startServer(world)
  program.child.kill('SIGTERM')
  await program.exited
  const { confirmed, rotations, wrong } = world
  return { kills: options.count - rotations, confirmed, wrong }
}

function describe({ confirmed, rotations, wrong }: World): string {
  const counts = Object.entries(confirmed).map(([kind, ids]) => `${ids.size} ${kind}`)
  return `confirmed ${counts.join(', ')}, ${rotations} rotations; wrong: ${wrong.length}`
}

/** Starts the server where it was, and asks whether everybody is still signed in. */
async function startServer(world: World): Promise<Program> {
  const port = world.url === '' ? '0' : new URL(world.url).port
  const place = ['--data', world.directory]
  if (world.databaseUrl !== undefined) place.push('--database-url', world.databaseUrl)
  const from = performance.now()
  const program = runCore(['dev', '--port', port, '--set', 'rate_limits=0', ...place])
  world.url = await program.ready
  world.startMs = performance.now() - from
  world.secretKey = (await readKeyFile(world.directory))?.secretKey ?? ''
  for (const customer of world.customers.slice(-WRITERS)) await visitAgain(world, customer)
  return program
}

/** Somebody who was signed in before the kill comes back after it. */
async function visitAgain(world: World, customer: Customer): Promise<void> {
  try {
    await customer.visitor.token()
    if (customer.pair !== null) await exchange(world, customer)
  } catch (error) {
    // Their exchange may have happened unheard, and too long ago to be told again.
    const isExcused = customer.isInDoubt && error instanceof UnexpectedReply && error.status === 401
    if (!isExcused) world.wrong.push(`somebody was signed out: ${String(error)}`)
    customer.pair = null
  }
  customer.isInDoubt = false
}

/** Lets people use the server for a moment, and kills it. */
async function killServer(world: World): Promise<void> {
  const program = await startServer(world)
  const writers = Array.from({ length: WRITERS }, (_, writer) => write(world, program, writer))
  const [until, from] = [world.steps + Math.random() * MAX_STEPS, performance.now()]
  while (world.steps < until && performance.now() - from < MAX_USE_MS) await pause(1)
  await pause(Math.random() * 20)
  program.child.kill('SIGKILL')
  await Promise.all(writers)
  await program.exited
}

/** Does one thing after the other until the server is gone. */
async function write(world: World, { child }: Program, writer: number): Promise<void> {
  for (let turn = writer; !child.killed; turn++) {
    try {
      await FLOWS[turn % FLOWS.length]?.(world)
    } catch (error) {
      // Nothing else than its end may interrupt anybody.
      if (error instanceof UnexpectedReply) world.wrong.push(`refused: ${error.message}`)
      else if (!child.killed) world.wrong.push(`interrupted: ${String(error)}`)
    }
  }
}

/** Kills the replacement of the signing key at some time before its end. */
async function killRotation(world: World): Promise<void> {
  const server = world.databaseUrl === undefined ? null : await startServer(world)
  const rotation = runCore(
    ['rotate', '--data', world.directory],
    world.databaseUrl === undefined
      ? {}
      : { DATABASE_URL: world.databaseUrl, CORE_SECRET: await provisionSecret(world.directory) },
  )
  // At first it only loads what it needs; what matters comes last.
  const ended = once(rotation.child, 'exit')
  await Promise.race([ended, pause(world.startMs * (0.2 + Math.random() * 0.8))])
  rotation.child.kill('SIGKILL')
  const how = await rotation.exited
  if (how !== 'SIGKILL' && how !== 0) world.wrong.push(`not rotated: ${rotation.output()}`)
  world.newestKey = /^Signing with (\S+) from now on/m.exec(rotation.output())?.[1] ?? null
  if (world.newestKey !== null) world.rotations++
  server?.child.kill('SIGKILL')
  await server?.exited
}

/** Compares the database with what was confirmed, and with what must hold of any. */
async function inspect(world: World, kill: number): Promise<void> {
  const look = async (database: Database): Promise<void> => {
    const broken = [
      ...(await findViolations(database)),
      ...(await findLosses(database, world.confirmed)),
      ...(await findLostKey(database, world.newestKey)),
    ]
    world.wrong.push(...broken.map((line) => `after kill ${kill}: ${line}`))
  }
  if (world.databaseUrl !== undefined) return withPatientConnection(world.databaseUrl, look)
  const handle = await openEmbeddedDatabase(world.directory)
  try {
    await look(handle.database)
  } finally {
    await handle.close()
  }
}

/** Looks whether the key is signed with that somebody was told. */
async function findLostKey(database: Database, kid: string | null): Promise<readonly string[]> {
  if (kid === null) return []
  const found = await database
    .select({ kid: signingKeys.kid })
    .from(signingKeys)
    .where(and(eq(signingKeys.kid, kid), isNull(signingKeys.retiredAt)))
  return found.length === 1 ? [] : [`the new key ${kid} is lost`]
}

async function signUp(world: World): Promise<void> {
  await newCustomer(world)
}

async function newCustomer(world: World): Promise<Customer> {
  const visitor = await Visitor.open(world.url)
  const email = testAddress(`v${world.made++}`)
  await visitor.signUp(email, PASSWORD)
  world.confirmed.users.add(visitor.userId)
  world.confirmed.sessions.add(visitor.sessionId)
  const customer = { visitor, email, pair: null, isInDoubt: false }
  world.customers.push(customer)
  world.steps++
  return customer
}

async function exchangeTokens(world: World): Promise<void> {
  const customer = await newCustomer(world)
  customer.pair = await customer.visitor.handshake()
  for (let i = 0; i < 5; i++) await exchange(world, customer)
}

async function exchange(world: World, customer: Customer): Promise<void> {
  const { url, secretKey } = world
  const { pair, visitor } = customer
  if (pair === null) return
  customer.isInDoubt = true
  customer.pair = await refresh(url, secretKey, visitor.sessionId, pair)
  customer.isInDoubt = false
  world.steps++
}

async function createOrganization(world: World): Promise<void> {
  const { visitor } = await newCustomer(world)
  await organizationOf(world, visitor)
}

async function organizationOf(world: World, owner: Visitor): Promise<string> {
  const { body } = await expectOk(owner.post('/organizations', { name: `Acme ${world.made}` }))
  world.confirmed.organizations.add(body.response.id as string)
  world.steps++
  return body.response.id as string
}

async function acceptInvitation(world: World): Promise<void> {
  const host = await newCustomer(world)
  const guest = await newCustomer(world)
  const organization = await organizationOf(world, host.visitor)
  const invited = await expectOk(
    callBackend(world.url, world.secretKey, 'POST', `/organizations/${organization}/invitations`, {
      email_address: guest.email,
      role: 'org:member',
    }),
  )
  const id = invited.body.id as string
  await expectOk(guest.visitor.post(`/me/organization_invitations/${id}/accept`))
  world.confirmed.invitations.add(id)
  world.steps++
}
