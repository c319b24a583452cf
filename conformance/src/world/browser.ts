/** Finds a Chromium: the machine's, else the one that npm ships for Linux, else Playwright's own. */
import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'

import type { LaunchOptions } from '@playwright/test'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Returns how to launch the browser. Nothing is downloaded. */
export async function launchOptions(): Promise<LaunchOptions> {
  const installed = findOnPath()
  if (installed !== undefined) return { executablePath: installed, args: ARGS }
  if (process.platform !== 'linux' || process.arch !== 'x64') return { args: ARGS }

  const { default: chromium, inflate } = await import('@sparticuz/chromium')
  const executablePath = await chromium.executablePath()
  const args = [...ARGS, '--headless=shell']
  if (!lacksLibraries(executablePath)) return { executablePath, args }
  // A bare Linux has no NSS; the package carries it for a platform that has none either.
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const libraries = join(await inflate(join(dirname(entry), '../bin/al2023.tar.br')), 'lib')
  return { executablePath, args, env: { ...process.env, LD_LIBRARY_PATH: libraries } }
}

function lacksLibraries(executable: string): boolean {
  return execFileSync('ldd', [executable], { encoding: 'utf8' }).includes('not found')
}

function findOnPath(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
