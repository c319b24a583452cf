import { defineConfig } from 'vitest/config'

// Workspace packages resolve to their sources, so tests need no build.
const conditions = ['@core/source']

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'node', 'development|production'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.{ts,tsx}',
      'conformance/src/{differential,runtimes,structure}/**/*.test.ts',
    ],
    server: { deps: { inline: [/@core\//] } },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    typecheck: { enabled: false },
    // With `--coverage`. Who is asking is decided here: no test of the backend may miss a way to an answer.
    coverage: {
      provider: 'v8',
      include: ['packages/backend/src/{request,session,keys}/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: ['text', 'json'],
      reportOnFailure: true,
      thresholds: { branches: 100 },
    },
  },
})
