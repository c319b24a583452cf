/** The demo apps, each started from its production build as its own README says. */
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { root } from '../structure/imports.ts'
import { answers, freePort, start, type Process } from './process.ts'

interface App {
  /** Script that Node runs, and its arguments for a port. */
  readonly command: (folder: string, port: number) => readonly string[]
  /** Whether sign-in happens on the app's own pages or on the Account Portal. */
  readonly signsIn: 'here' | 'at the portal'
}

export const APPS: { readonly next: App; readonly express: App } = {
  next: {
    command: (folder, port) => [
      createRequire(join(folder, 'package.json')).resolve('next/dist/bin/next'),
      'start',
      '-p',
      String(port),
    ],
    signsIn: 'here',
  },
  express: {
    command: (folder) => [join(folder, 'dist/server.js')],
    signsIn: 'at the portal',
  },
}

export type AppName = keyof typeof APPS

export interface RunningApp {
  readonly name: AppName
  readonly url: string
  readonly signsIn: App['signsIn']
  readonly process: Process
}

/** Starts the production build of a demo app against the instance that `env` names. */
export async function startApp(name: AppName, env: NodeJS.Dict<string>): Promise<RunningApp> {
  const folder = join(root, 'apps', name)
  const port = await freePort()
  const url = `http://localhost:${port}`
  const child = await start(process.execPath, APPS[name].command(folder, port), {
    cwd: folder,
    env: { ...env, PORT: String(port), NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    isReady: () => answers(`${url}/api/me`),
  })
  return { name, url, signsIn: APPS[name].signsIn, process: child }
}
