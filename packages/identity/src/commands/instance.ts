import { claimAsOperator } from '../accountless/claim.ts'
import type { Database } from '../database/database.ts'
import {
  addInstance,
  changeSettings,
  deleteInstance,
  listInstances,
  requireInstance,
} from '../instances/administer.ts'
import { environmentOf } from '../instances/app-environment.ts'
import type { Instance } from '../instances/instance.ts'
import { parseSettingArguments, parseSettingChanges } from '../instances/settings.ts'
import { IdentityError } from '../error.ts'
import { withServices } from './operator.ts'
import { createGroup, printTable, type Arguments, type Subcommand } from './subcommands.ts'

/** Of an instance that was made without an account, whether it is anybody's own. */
function describeClaim({ application }: Pick<Instance, 'application'>): string | null {
  return application === null ? null : application.claimedAt === null ? 'unclaimed' : 'claimed'
}

function print(args: Arguments, instance: Instance): number {
  const { id, type, frontendApi, publishableKey, settings } = instance
  if (args.flag('json')) {
    const answer = { id, type, host: frontendApi, publishable_key: publishableKey, settings }
    args.terminal.out(JSON.stringify(answer, null, 2))
    return 0
  }
  args.terminal.out(`${id}  ${type}  ${frontendApi}  ${publishableKey}`)
  for (const [name, value] of Object.entries(settings)) {
    args.terminal.out(`${name}=${Array.isArray(value) ? value.join(',') : String(value)}`)
  }
  return 0
}

/** What is done to one of many is done by its name. */
function requireNamed(args: Arguments, database: Database, verb: string): Promise<Instance> {
  const named = args.text('instance')
  if (named !== undefined) return requireInstance(database, named)
  throw new IdentityError('invalid-option', `Name the instance to ${verb} with --instance.`)
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  create: {
    usage: '--host <host> (--production | --development) [--set <name=value> …]',
    summary: 'Create an instance, and print its keys. The secret key is shown this once.',
    options: {
      host: { type: 'string' },
      production: { type: 'boolean' },
      development: { type: 'boolean' },
      set: { type: 'string', multiple: true },
    },
    run: (args) => {
      const host = args.text('host')
      if (host === undefined || args.flag('production') === args.flag('development')) {
        throw new IdentityError(
          'invalid-option',
          'Name the host of its Frontend API with --host, and say --production or --development.',
        )
      }
      const settings = parseSettingArguments(args.texts('set'))
      const type = args.flag('production') ? 'production' : 'development'
      return withServices(args, async (services) => {
        const keys = environmentOf(
          await addInstance(services, { type, frontendApi: host, settings }),
        )
        if (args.flag('json')) args.terminal.out(JSON.stringify(keys, null, 2))
        else for (const [name, value] of Object.entries(keys)) args.terminal.out(`${name}=${value}`)
        return 0
      })
    },
  },
  list: {
    usage: '',
    summary:
      'List the instances of the server, and which of those made without an account are claimed.',
    run: (args) =>
      withServices(args, async ({ database }) => {
        const found = await listInstances(database)
        const rows = found.map((it) => [it.id, it.type, it.frontendApi, describeClaim(it) ?? ''])
        const answer = found.map((it) => ({
          id: it.id,
          type: it.type,
          host: it.frontendApi,
          claim: describeClaim(it),
        }))
        if (args.flag('json')) args.terminal.out(JSON.stringify(answer, null, 2))
        else printTable(args.terminal, rows, 'None.')
        return 0
      }),
  },
  show: {
    usage: '',
    summary: 'Show an instance with all its settings.',
    run: (args) =>
      withServices(args, async ({ database }) =>
        print(args, await requireInstance(database, args.text('instance'))),
      ),
  },
  set: {
    usage: '--set <name=value> …',
    summary: 'Change settings. Servers that run follow with their next request.',
    options: { set: { type: 'string', multiple: true } },
    run: (args) => {
      const changes = parseSettingArguments(args.texts('set'))
      return withServices(args, async (services) => {
        const { id } = await requireInstance(services.database, args.text('instance'))
        return print(args, await changeSettings(services, id, changes))
      })
    },
  },
  claim: {
    usage: '--instance <id|host> [--name <name>]',
    summary: 'Make an instance your own that somebody began without an account, so that it stays.',
    options: { name: { type: 'string' } },
    run: (args) =>
      withServices(args, async ({ database, now }) => {
        const claimed = await requireNamed(args, database, 'claim')
        const name = args.text('name')
        const { application_name } = parseSettingChanges(
          name === undefined ? {} : { application_name: name },
        )
        await claimAsOperator(database, claimed, application_name, now())
        return print(args, await requireInstance(database, claimed.id))
      }),
  },
  delete: {
    usage: '--instance <id|host> --yes',
    summary: 'Delete an instance with all its users, sessions and organizations.',
    isDestructive: true,
    run: (args) =>
      withServices(args, async (services) => {
        const found = await requireNamed(args, services.database, 'delete')
        const { id, frontendApi } = found
        await deleteInstance(services, found)
        args.terminal.out(
          args.flag('json')
            ? JSON.stringify({ id, deleted: true })
            : `Deleted ${id} at ${frontendApi}.`,
        )
        return 0
      }),
  },
}

/** `core instance`. */
export const instance = createGroup(
  'instance',
  'Creates, lists, changes and deletes the instances of a server. Stop a server that holds an embedded database first.',
  SUBCOMMANDS,
  [
    'core instance create --production --host clerk.example.com --set application_name=Acme',
    'core instance list --json',
    'core instance set --instance clerk.example.com --set session_lifetime=86400',
    'core instance delete --instance clerk.example.com --yes',
  ],
)
