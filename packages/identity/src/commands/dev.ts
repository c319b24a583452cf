import { IdentityError } from '../error.ts'
import { createIdentity, type Identity } from '../identity.ts'
import { environmentOf } from '../instances/app-environment.ts'
import type { InstanceKeys } from '../instances/provision.ts'
import { parseSettingArguments } from '../instances/settings.ts'
import { listenOnLoopback } from '../server.ts'
import { parseArguments, parsePort, type Command } from './arguments.ts'
import { startChild } from './child.ts'
import {
  readAccountlessLifetime,
  readMailOptions,
  readSecret,
  readTrustedProxies,
} from './environment.ts'
import { createLogger } from './logger.ts'
import { runUntilStopped } from './serve.ts'

const HELP = `Starts the identity server for development, and your app beside it.

Usage: core dev [options] [-- command]

The first start makes an embedded database and a development instance in the data directory; later
starts find them. The command runs with CLERK_PUBLISHABLE_KEY, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY,
CLERK_SECRET_KEY and CLERK_API_URL set. When it ends, the server ends with its exit code.

Apps that run elsewhere on this machine can begin without keys: with CLERK_API_URL alone, those SDKs that
make keys by themselves ask this server for an application of their own, which is claimed in the browser.

Options:
  --port <number>       Port to listen on. 0 picks a free one. (default: 4000)
  --host <host>         Host that the keys of the instance name: localhost, or 127.0.0.1 for SDKs that refuse
                        keys whose host has no dot. It follows the option at every start. (default: localhost)
  --data <directory>    Where the data is kept. (default: .core)
  --database-url <url>  Database server instead of the embedded one: postgres://user:password@host/database.
                        DATABASE_URL is not read here: it belongs to your app.
  --set <name=value>    Change a setting of the instance. May be given several times; a change stays.
  --verbose             Log every request.
  --help                Show this text.

Environment:
  CORE_SECRET           What private keys are encrypted under in the database. (default: made in the data
                        directory)
  ACCOUNTLESS_LIFETIME  Seconds after which an application is deleted that nobody claims or uses.
                        (default: 604800)
  SMTP_URL, MAIL_FROM   Mail server and sender. (default: mails wait at /dev/outbox)
  TRUSTED_PROXIES       Proxies whose X-Forwarded-For counts. (default: loopback)`

/** `core dev`. */
export const dev: Command = {
  help: HELP,
  run: async (args, terminal) => {
    const separator = args.indexOf('--')
    const command = separator === -1 ? [] : args.slice(separator + 1)
    const { values } = parseArguments(separator === -1 ? args : args.slice(0, separator), {
      port: { type: 'string', default: '4000' },
      host: { type: 'string', default: 'localhost' },
      data: { type: 'string', default: '.core' },
      'database-url': { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      verbose: { type: 'boolean', default: false },
    })
    const port = parsePort(values.port)
    const host = parseHost(values.host)
    const settings = parseSettingArguments(values.set)
    const lifetime = readAccountlessLifetime(terminal.env)
    const databaseUrl = values['database-url']

    // The port comes first: the keys of the instance name it. Requests wait until there is a server.
    const ready = deferred<Identity>()
    const listener = await listenOnLoopback(
      port,
      async (request, connection) => (await ready.promise).fetch(request, connection),
      { replacesGlobals: terminal.ownsProcess === true },
    )
    let identity: Identity | undefined
    let keys: InstanceKeys
    try {
      identity = await createIdentity({
        data: values.data,
        logger: createLogger(terminal.env, values.verbose),
        ...readMailOptions(terminal.env),
        ...readSecret(terminal.env),
        // Nobody else gets here, but the server of an app that forwards to this one.
        ...readTrustedProxies({ TRUSTED_PROXIES: 'loopback', ...terminal.env }),
        // Names are below localhost whatever the instance is called: there are none below an address.
        accountless: { host: `localhost:${listener.port}`, claimedBy: 'holder', ...lifetime },
        ...(databaseUrl === undefined ? {} : { databaseUrl, migrates: true }),
      })
      keys = await identity.provision(`${host}:${listener.port}`, settings)
    } catch (error) {
      await Promise.all([listener.close(), identity?.close()])
      throw error
    }
    ready.resolve(identity)
    terminal.out(`Identity server ready on ${keys.apiUrl}`)
    const child =
      command.length === 0 ? null : startChild(command, { ...terminal.env, ...environmentOf(keys) })
    return runUntilStopped(identity, listener, child)
  },
}

/** Names of this machine at which the server listens, and which a key can hold. */
const HOSTS: readonly string[] = ['localhost', '127.0.0.1']

function parseHost(host: string): string {
  if (HOSTS.includes(host)) return host
  throw new IdentityError(
    'invalid-option',
    `"${host}" is not a name of this machine that "core dev" can use. Write --host ${HOSTS.join(' or --host ')}.`,
  )
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  const resolvers: ((value: T) => void)[] = []
  const promise = new Promise<T>((resolve) => {
    resolvers.push(resolve)
  })
  return { promise, resolve: (value) => resolvers.forEach((resolve) => resolve(value)) }
}
