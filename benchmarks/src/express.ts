/** What the middleware leaves of the requests per second of an Express app, and what its import costs. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'

import { type Findings, exactly, toDigits } from './figures.ts'
import { type Issuer, PUBLISHABLE_KEY, type TokenPool } from './keys.ts'
import { spreadOf } from './statistics.ts'

const CONNECTIONS = 16
const ROUND_MS = 250
const IMPORTS = 15

/**
 * Requests per second of an app with the middleware and of the same app without it, in turn, once both
 * have been asked for as long as they are measured: before that, their code is not optimized.
 */
export async function measureExpress(
  issuer: Issuer,
  pool: TokenPool,
  timeMs: number,
): Promise<Findings> {
  const apps = [await startApp('bare', issuer), await startApp('middleware', issuer)] as const
  const head = `GET / HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nAuthorization: Bearer ${pool.seen}\r\n\r\n`
  const rates: [bare: number[], guarded: number[]] = [[], []]
  try {
    const rounds = Math.max(4, Math.round(timeMs / ROUND_MS))
    for (const { port } of apps) await countAnswers(port, head, timeMs)
    for (let round = 0; round < rounds; round += 1) {
      for (const turn of round % 2 === 0 ? [0, 1] : [1, 0]) {
        const { port } = apps[turn as 0 | 1]
        rates[turn as 0 | 1].push((await countAnswers(port, head, ROUND_MS)) * (1000 / ROUND_MS))
      }
    }
  } finally {
    for (const app of apps) await app.stop()
  }
  const [bare, guarded] = rates
  const share = spreadOf(guarded.map((rate, round) => (rate / (bare[round] ?? NaN)) * 100))
  return {
    figures: [
      {
        what: 'Express with clerkMiddleware(): requests per second, of those without',
        value: share,
        unit: '%',
        budget: { atLeast: 60 },
      },
    ],
    tables: [
      {
        title: 'Express over loopback, token seen before',
        columns: ['app', 'requests per second, half of the rounds'],
        rows: [
          ['bare', textOf(bare)],
          ['with clerkMiddleware()', textOf(guarded)],
        ],
      },
    ],
  }
}

/**
 * Milliseconds that a process needs to import `@core/express` after Express. The fastest process
 * counts: nothing but other work on the machine makes one slower than another.
 */
export async function measureColdImport(): Promise<Findings> {
  const own: number[] = []
  const express: number[] = []
  for (let i = 0; i < IMPORTS; i += 1) {
    const [before = NaN, ours = NaN] = JSON.parse(await run('cold-import.ts')) as number[]
    express.push(before)
    own.push(ours)
  }
  return {
    figures: [
      {
        what: 'cold import of @core/express, after Express',
        value: exactly(Math.min(...own)),
        unit: 'ms',
        budget: { atMost: 25 },
      },
    ],
    tables: [
      {
        title: 'Cold import',
        columns: ['package', `ms, fastest of ${IMPORTS} processes`, 'half of them'],
        rows: [fastest('express', express), fastest('@core/express, after express', own)],
      },
    ],
  }
}

function fastest(name: string, times: readonly number[]): string[] {
  return [name, toDigits(Math.min(...times)), textOf(times)]
}

function textOf(values: readonly number[]): string {
  const { median, low, high } = spreadOf(values)
  return `${toDigits(median)} (${toDigits(low)} – ${toDigits(high)})`
}

interface App {
  readonly port: number
  stop(): Promise<void>
}

/** Starts an app in a process of its own. */
async function startApp(kind: 'bare' | 'middleware', { pem }: Issuer): Promise<App> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'express-app.ts'), kind], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      CLERK_PUBLISHABLE_KEY: PUBLISHABLE_KEY,
      CLERK_JWT_KEY: pem,
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const [port] = (await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error(`The ${kind} Express app does not start`))),
  ])) as [number]
  return {
    port,
    async stop() {
      child.kill()
      await ended
    },
  }
}

/**
 * Asks over and over on some connections and counts the answers. Answers are told apart by their
 * length alone, so that the one who asks takes little of the machine.
 */
async function countAnswers(port: number, request: string, timeMs: number): Promise<number> {
  const length = await lengthOfAnswer(port, request)
  const deadline = performance.now() + timeMs
  let answers = 0
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = connect(port, '127.0.0.1')
      let received = 0
      socket.on('connect', () => socket.write(request))
      socket.on('data', (chunk) => {
        received += chunk.length
        if (received < length) return
        received -= length
        answers += 1
        if (performance.now() < deadline) socket.write(request)
        else socket.end()
      })
      await once(socket, 'close')
    }),
  )
  return answers
}

const BODY = '{"userId":"user_1"}'

/** Asks once, makes sure that the answer is right, and returns its length on the wire. */
async function lengthOfAnswer(port: number, request: string): Promise<number> {
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  let answer = ''
  for await (const chunk of socket.setEncoding('latin1')) {
    answer += chunk
    if (answer.endsWith(BODY)) break
  }
  if (!answer.startsWith('HTTP/1.1 200') || !answer.endsWith(BODY)) {
    throw new Error(`An Express app gives a wrong answer: ${answer.slice(0, 200)}`)
  }
  return answer.length
}

async function run(file: string): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  for await (const chunk of child.stdout.setEncoding('utf8')) output += chunk
  return output
}
