import { IdentityError } from '../error.ts'
import { environmentOf } from '../instances/app-environment.ts'
import { readKeyFile } from '../instances/provision.ts'
import { parseArguments, type Command } from './arguments.ts'

const HELP = `Prints the keys of the development instance as environment variables. Works while the server runs.

Usage: core keys [options]

Options:
  --data <directory>    Where the data is kept. (default: .core)
  --help                Show this text.`

/** `core keys`. */
export const keys: Command = {
  help: HELP,
  run: async (args, terminal) => {
    const { values } = parseArguments(args, { data: { type: 'string', default: '.core' } })
    const found = await readKeyFile(values.data)
    if (found === null) {
      throw new IdentityError(
        'no-instance',
        `There are no keys in ${values.data}. Run "core dev" once to make them, or name another directory with --data.`,
      )
    }
    for (const [name, value] of Object.entries(environmentOf(found))) {
      terminal.out(`${name}=${value}`)
    }
    return 0
  },
}
