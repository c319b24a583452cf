import { defineConfig } from 'vitest/config'

// Workspace packages resolve to their sources, so tests need no build.
const conditions = ['@core/source']

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'node', 'development|production'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.{ts,tsx}',
      'conformance/src/{runtimes,structure}/**/*.test.ts',
    ],
    server: { deps: { inline: [/@core\//] } },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    typecheck: { enabled: false },
  },
})
