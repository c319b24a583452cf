import { createIdentity } from '../identity.ts'
import { IdentityError } from '../error.ts'
import { isLoopbackHost } from '@core/protocol'
import { listenOnAll, listenOnLoopback } from '../server.ts'
import { parseArguments, parsePort, type Command } from './arguments.ts'
import { readAccountless, readMailOptions, readPlace, readTrustedProxies } from './environment.ts'
import { createLogger } from './logger.ts'
import { refuseUnsafe } from './refusals.ts'
import { runUntilStopped } from './serve.ts'

const HELP = `Starts the identity server with the instances that its database holds. Makes none.

Usage: core start [options]

Options:
  --port <number>       Port to listen on. (default: 4000)
  --data <directory>    Where the data is kept if there is no database server. (default: .core)
  --verbose             Log every request.
  --help                Show this text.

Environment:
  DATABASE_URL          Database server: postgres://user:password@host:5432/database. Its schema must be up
                        to date, see "core migrate". Without it the embedded database of --data is used.
  DATABASE_POOL_SIZE    Connections to the database server at most. (default: 10)
  CORE_SECRET           What private keys are encrypted under in the database: 32 random bytes as text, the
                        same for every process; "new,old" while it is being replaced. (default: kept in the
                        data directory, not in production)
  SMTP_URL              Mail server: smtp://user:password@host:587
  MAIL_FROM             Sender of mails.
  TRUSTED_PROXIES       Reverse proxies whose X-Forwarded-For tells where requests come from: addresses and
                        networks with commas between them, "loopback", "private". (default: none)
  ACCOUNTLESS_HOST      Makes applications for whoever asks, at hosts below this one (dev.example.com), all of
                        which must lead here. For development; "core instance claim" keeps them.
  ACCOUNTLESS_LIFETIME  Seconds after which one is deleted that nobody claims or uses. (default: 604800)
  METRICS_PORT          Port for figures in the format of Prometheus. Not for the public. (default: none)
  LOG_LEVEL             trace, debug, info, warn, error, fatal or silent. (default: warn)`

/** `core start`. */
export const start: Command = {
  help: HELP,
  run: async (args, terminal) => {
    const { values } = parseArguments(args, {
      port: { type: 'string', default: '4000' },
      data: { type: 'string', default: '.core' },
      verbose: { type: 'boolean', default: false },
    })
    const port = parsePort(values.port)
    const metricsPort = terminal.env['METRICS_PORT']
      ? parsePort(terminal.env['METRICS_PORT'])
      : null
    const options = { ...readPlace(terminal.env, values.data), ...readAccountless(terminal.env) }
    const isEmbedded = options.databaseUrl === undefined
    const place = isEmbedded ? values.data : 'The database'
    const making = isEmbedded ? 'core dev' : 'core dev --database-url <url>'
    const identity = await createIdentity({
      ...options,
      logger: createLogger(terminal.env, values.verbose),
      ...readMailOptions(terminal.env),
      ...readTrustedProxies(terminal.env),
      measures: metricsPort !== null,
    })
    try {
      const instances = await identity.listInstances()
      if (instances.length === 0 && options.accountless === undefined) {
        throw new IdentityError(
          'no-instance',
          `${place} holds no instance yet. Run "${making}" once to make one for development.`,
        )
      }
      refuseUnsafe({ env: terminal.env, instances, place })
      const hosts = instances.map(({ frontendApi }) => frontendApi)
      if (options.accountless !== undefined) hosts.push(options.accountless.host)
      const isLocal = hosts.every(isLoopbackHost)
      const listener = await (isLocal ? listenOnLoopback : listenOnAll)(port, identity.fetch, {
        replacesGlobals: terminal.ownsProcess === true,
      })
      terminal.out(`Identity server ready on http://localhost:${listener.port}`)
      if (metricsPort === null) return await runUntilStopped(identity, listener, null)
      const measured = await listenOnAll(metricsPort, identity.metrics).catch(async (error) => {
        await listener.close()
        throw error
      })
      terminal.out(`Metrics on port ${measured.port}`)
      const close = async (): Promise<void> =>
        void (await Promise.all([listener.close(), measured.close()]))
      return await runUntilStopped(identity, { port: listener.port, close }, null)
    } catch (error) {
      await identity.close()
      throw error
    }
  },
}
