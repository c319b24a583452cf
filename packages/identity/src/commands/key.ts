import { byCommand } from '../audit/record.ts'
import { requireInstance } from '../instances/administer.ts'
import { issueSecretKey, listSecretKeys, revokeSecretKey } from '../instances/secret-keys.ts'
import { withServices } from './operator.ts'
import { createGroup, printTable, writeTime, type Subcommand } from './subcommands.ts'

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  create: {
    usage: '[--name <name>]',
    summary: 'Make one more secret key, and print it, this once. The others go on working.',
    options: { name: { type: 'string' } },
    run: (args) =>
      withServices(args, async ({ database, now }) => {
        const instance = await requireInstance(database, args.text('instance'))
        const key = await issueSecretKey(database, byCommand(instance, now()), args.text('name'))
        args.terminal.out(args.flag('json') ? JSON.stringify({ secret_key: key }) : key)
        return 0
      }),
  },
  list: {
    usage: '',
    summary: 'List the secret keys of an instance: what they are called, and how old they are.',
    run: (args) =>
      withServices(args, async ({ database }) => {
        const { id } = await requireInstance(database, args.text('instance'))
        const keys = await listSecretKeys(database, id)
        const rows = keys.map((key) => [key.id, key.name ?? '-', writeTime(key.createdAt)])
        const answer = keys.map((key) => ({
          id: key.id,
          name: key.name,
          created_at: key.createdAt,
        }))
        if (args.flag('json')) args.terminal.out(JSON.stringify(answer, null, 2))
        else printTable(args.terminal, rows, 'None.')
        return 0
      }),
  },
  revoke: {
    usage: '<key> --yes',
    summary: 'Make a secret key worthless at once, by its id in the list.',
    isDestructive: true,
    run: (args) =>
      withServices(args, async ({ database, now }) => {
        const instance = await requireInstance(database, args.text('instance'))
        await revokeSecretKey(database, byCommand(instance, now()), args.subject)
        args.terminal.out(
          args.flag('json') ? JSON.stringify({ id: args.subject, revoked: true }) : 'Revoked.',
        )
        return 0
      }),
  },
}

/** `core key`. */
export const key = createGroup(
  'key',
  'Makes and revokes the secret keys with which your servers ask the Backend API. The database has their hashes only.',
  SUBCOMMANDS,
  [
    'core key create --name "web, 2027"     # then give it to your servers',
    'core key list',
    'core key revoke 4kQ2xJ7bWm0a --yes     # once no server uses it any more',
  ],
)
