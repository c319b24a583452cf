/** Questions of whoever runs the server: should this process get requests, should it be replaced? */

import { sql } from 'drizzle-orm'

import type { Services } from '../services.ts'
import { jsonResponse } from './json.ts'

const isAlive = async (): Promise<void> => undefined
const canServe = async ({ database }: Services): Promise<void> => {
  await database.execute(sql`select 1`)
}

/** What each address asks for. A process without its database lives: a new one would have none either. */
const CHECKS: Readonly<Record<string, (services: Services) => Promise<void>>> = {
  '/health': canServe,
  '/health/ready': canServe,
  '/health/live': isAlive,
}

/** Tells whether a path asks how the server is. Answered on every host. */
export function isHealthPath(pathname: string): boolean {
  return Object.hasOwn(CHECKS, pathname)
}

/** Answers 200, or fails as any request would. */
export async function answerHealth(services: Services, pathname: string): Promise<Response> {
  await CHECKS[pathname]?.(services)
  return jsonResponse({ status: 'ok' })
}
