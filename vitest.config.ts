import { configDefaults, defineConfig } from 'vitest/config'

// Workspace packages resolve to their sources, so tests need no build.
const conditions = ['@core/source']

// The suite of the signing keys has two servers of its own: for a minute they may sign with different ones.
const HTTP_SUITES = [
  '{accountless,clients,domains,email-addresses,handshake,invitations,jwt-templates,organizations}/*',
  '{portal,rate-limits,redirect-urls,restrictions,reverification,sessions,sign-ins,sign-ups}/*',
  '{tickets,users,verifications,waitlist}/*',
  'http/{address,backend,frontend,fuzz}',
  '{instances/{backend,instance},passwords/import}',
]
const SHORT_HTTP_SUITES = ['{handshake/handshake,sessions/*,sign-ins/sign-in,tickets/ticket}']

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'node', 'development|production'] } },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'backend', include: ['packages/backend/src/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'others',
          include: [
            'packages/*/src/**/*.test.{ts,tsx}',
            'conformance/src/{differential,identity,interop,runtimes,structure}/**/*.test.ts',
          ],
          exclude: [...configDefaults.exclude, 'packages/{backend,identity}/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'identity on PGlite',
          // The files of a worker share modules and a database: loading both took half of the time.
          isolate: false,
          include: ['packages/identity/src/**/*.test.ts'],
          exclude: [...configDefaults.exclude, '**/*.postgres.test.ts'],
          globalSetup: ['packages/identity/src/testing/embedded.ts'],
        },
      },
      // The same suites on a real server, but for those without a database and those of the embedded one.
      {
        extends: true,
        test: {
          name: 'identity on PostgreSQL',
          isolate: false,
          include: ['packages/identity/src/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            'packages/identity/src/{cli,commands/{refusals,rotate},package,server}.test.ts',
            'packages/identity/src/database/{batch,embedded-{statements,upkeep},migrations,outage,recovery}.test.ts',
            'packages/identity/src/{instances/settings,jwt-templates/render,users/email-address}.test.ts',
            'packages/identity/src/{mail/{mailer,messages,smtp},passwords/{foreign/hashers,hasher}}.test.ts',
          ],
          globalSetup: ['packages/identity/src/testing/postgres.ts'],
        },
      },
      // The suites that speak HTTP, answered by two real processes behind a load balancer; a few in every
      // run, all of them with `pnpm --filter @core/identity test:processes`.
      {
        extends: true,
        test: {
          name: 'identity in two processes',
          isolate: false,
          include: (process.env['SUITES'] === 'all' ? HTTP_SUITES : SHORT_HTTP_SUITES).map(
            (name) => `packages/identity/src/${name}.test.ts`,
          ),
          globalSetup: ['packages/identity/src/testing/postgres.ts'],
          provide: { inProcesses: true },
        },
      },
    ],
    // All cores: by default one stays idle, which on two is half of the machine.
    maxWorkers: '100%',
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
