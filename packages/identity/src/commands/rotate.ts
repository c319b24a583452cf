import { IdentityError } from '../error.ts'
import { createIdentity } from '../identity.ts'
import { parseArguments, type Command } from './arguments.ts'
import { readDatabaseOptions } from './environment.ts'

const HELP = `Replaces the key that an instance signs its tokens with.

Usage: core rotate [options]

Tokens of the old key hold to their end: it stays in the key set as long. Nobody is signed out, and apps
fetch the new key by themselves. An app that was given its key in CLERK_JWT_KEY must be given the new one.
The new key is of the kind that the setting signing_algorithm names.

An embedded database is used by one program at a time: stop the server first. Servers that share a
database server go on, and sign with the new key within a minute.

Options:
  --host <host>         Frontend API host of the instance, where there are several.
  --data <directory>    Where the data is kept. (default: .core)
  --help                Show this text.

Environment:
  DATABASE_URL          Database server: postgres://user:password@host:5432/database`

/** `core rotate`. */
export const rotate: Command = {
  help: HELP,
  run: async (args, terminal) => {
    const { values } = parseArguments(args, {
      host: { type: 'string' },
      data: { type: 'string', default: '.core' },
    })
    const identity = await createIdentity({
      data: values.data,
      ...readDatabaseOptions(terminal.env),
    })
    try {
      const hosts = (await identity.listInstances()).map(({ frontendApi }) => frontendApi)
      const host = values.host ?? (hosts.length === 1 ? hosts[0] : undefined)
      if (host === undefined || !hosts.includes(host)) {
        throw new IdentityError(
          'no-instance',
          hosts.length === 0
            ? 'There is no instance. Run "core dev" once to make one.'
            : `Name one of these instances with --host: ${hosts.join(', ')}.`,
        )
      }
      terminal.out(`Signing with ${await identity.rotateSigningKey(host)} from now on.`)
      return 0
    } finally {
      await identity.close()
    }
  },
}
