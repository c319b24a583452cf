import { IdentityError } from '../error.ts'
import { instances } from '../database/schema.ts'
import { renewPrivateKeys, rotateKeyOf } from '../instances/administer.ts'
import { openServices } from '../open.ts'
import { parseArguments, type Command } from './arguments.ts'
import { readPlace } from './environment.ts'

const HELP = `Replaces the key that an instance signs its tokens with, or the secret that keys are kept under.

Usage: core rotate [options]

Tokens of the old key hold to their end: it stays in the key set as long. Nobody is signed out, and apps
fetch the new key by themselves. An app that was given its key in CLERK_JWT_KEY must be given the new one.
The new key is of the kind that the setting signing_algorithm names.

With --secret the signing keys stay, and every private key in the database is encrypted anew under the first
secret of CORE_SECRET. Give all processes "new,old" first; afterwards "old" can go.

An embedded database is used by one program at a time: stop the server first. Servers that share a
database server go on, and sign with the new key within a minute.

Options:
  --host <host>         Frontend API host of the instance, where there are several.
  --secret              Replace the secret instead: CORE_SECRET is "new,old".
  --data <directory>    Where the data is kept. (default: .core)
  --help                Show this text.

Environment:
  DATABASE_URL          Database server: postgres://user:password@host:5432/database
  CORE_SECRET           What private keys are encrypted under. (default: kept in the data directory)`

/** `core rotate`. */
export const rotate: Command = {
  help: HELP,
  run: async (args, terminal) => {
    const { values } = parseArguments(args, {
      host: { type: 'string' },
      secret: { type: 'boolean', default: false },
      data: { type: 'string', default: '.core' },
    })
    const { services, close } = await openServices(readPlace(terminal.env, values.data))
    try {
      if (values.secret) {
        const count = await renewPrivateKeys(services)
        terminal.out(
          `Private keys encrypted anew: ${count}. The older secrets are not needed any more.`,
        )
        return 0
      }
      const rows = await services.database.select().from(instances).orderBy(instances.createdAt)
      const hosts = rows.map(({ frontendApi }) => frontendApi)
      const host = values.host ?? (hosts.length === 1 ? hosts[0] : undefined)
      if (host === undefined || !hosts.includes(host)) {
        throw new IdentityError(
          'no-instance',
          hosts.length === 0
            ? 'There is no instance. Run "core dev" once to make one.'
            : `Name one of these instances with --host: ${hosts.join(', ')}.`,
        )
      }
      terminal.out(`Signing with ${await rotateKeyOf(services, host)} from now on.`)
      return 0
    } finally {
      await close()
    }
  },
}
