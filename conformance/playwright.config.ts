import { defineConfig } from '@playwright/test'

import { APPS, type AppName } from './src/world/apps.ts'
import { launchOptions } from './src/world/browser.ts'
import type { SuiteOptions } from './src/browser/fixtures.ts'
import { CLIENTS, type ClientVersion } from './src/interop/browser/app.ts'
import type { InteropOptions } from './src/interop/browser/fixtures.ts'

/** The app whose users are at the portal anyway, because they sign in there. */
const PORTAL_APP: AppName = 'express'

export default defineConfig<object, SuiteOptions & InteropOptions>({
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: 'test-results/report.json' }]],
  use: {
    launchOptions: await launchOptions(),
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    ...(Object.keys(APPS) as AppName[]).map((app) => ({
      name: app,
      testDir: 'src/browser',
      // The identity server serves the same pages whatever the app is made of.
      testIgnore: app === PORTAL_APP ? [] : ['portal.spec.ts'],
      use: { app },
    })),
    ...(Object.keys(CLIENTS).map(Number) as ClientVersion[]).map((version) => ({
      name: `clerk-js ${version}`,
      testDir: 'src/interop/browser',
      use: { version },
    })),
  ],
})
