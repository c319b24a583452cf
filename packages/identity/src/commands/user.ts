import { IdentityError } from '../error.ts'
import { withOperator, type Operator } from './operator.ts'
import {
  createGroup,
  printTable,
  writeTime,
  type Arguments,
  type Subcommand,
} from './subcommands.ts'

/** What commands read of a user. */
interface User {
  readonly id: string
  readonly username: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly banned: boolean
  readonly locked: boolean
  readonly created_at: number
  readonly primary_email_address_id: string | null
  readonly email_addresses: readonly { readonly id: string; readonly email_address: string }[]
}

/** Finds whom an id, an address or a username names. */
async function resolveUser({ call }: Operator, name: string): Promise<string> {
  if (/^user_\w+$/.test(name)) return name
  const filter = name.includes('@') ? 'email_address' : 'username'
  const [user] = (await call('GET', `/users?${filter}=${encodeURIComponent(name)}`)) as User[]
  if (user !== undefined) return user.id
  throw new IdentityError(
    'refused',
    'There is nobody by that name. Write an id (user_…), an e-mail address or a username; "core user list" shows who there is.',
  )
}

function print(args: Arguments, answer: unknown, users: readonly User[]): number {
  if (args.flag('json')) args.terminal.out(JSON.stringify(answer, null, 2))
  else printTable(args.terminal, users.map(toRow), 'Nobody.')
  return 0
}

function toRow(user: User): string[] {
  const primary = user.email_addresses.find(({ id }) => id === user.primary_email_address_id)
  const marks = [user.banned ? 'banned' : '', user.locked ? 'locked' : ''].filter(Boolean)
  return [
    user.id,
    primary?.email_address ?? '-',
    user.username ?? '-',
    [user.first_name, user.last_name].filter(Boolean).join(' ') || '-',
    writeTime(user.created_at),
    marks.join(' '),
  ]
}

/** Something that is done to one user by one call, after which they are shown. */
function action(
  summary: string,
  method: string,
  path: string,
  body?: (args: Arguments) => Promise<unknown>,
): Subcommand {
  return {
    usage: '<user>',
    summary,
    run: (args) =>
      withOperator(args, async (operator) => {
        const id = await resolveUser(operator, args.subject)
        const user = (await operator.call(
          method,
          `/users/${id}${path}`,
          await body?.(args),
        )) as User
        return print(args, user, [user])
      }),
  }
}

async function readPassword({ terminal }: Arguments): Promise<string> {
  // One line: what follows is the terminal's own end of it.
  const [password = ''] = (await terminal.readInput()).split(/\r?\n/)
  if (password !== '') return password
  throw new IdentityError(
    'invalid-option',
    'There is no password. Write it to standard input: arguments can be seen by everybody on the machine.',
  )
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  create: {
    usage:
      '[--email <address> …] [--username <name>] [--first-name …] [--last-name …] [--password-stdin]',
    summary: 'Create a user. Addresses count as proven.',
    options: {
      email: { type: 'string', multiple: true },
      username: { type: 'string' },
      'first-name': { type: 'string' },
      'last-name': { type: 'string' },
      'password-stdin': { type: 'boolean' },
    },
    run: async (args) => {
      const password = args.flag('password-stdin') ? await readPassword(args) : undefined
      return withOperator(args, async ({ call }) => {
        const user = (await call('POST', '/users', {
          email_address: args.texts('email'),
          username: args.text('username'),
          first_name: args.text('first-name'),
          last_name: args.text('last-name'),
          password,
          skip_password_requirement: password === undefined,
        })) as User
        return print(args, user, [user])
      })
    },
  },
  list: {
    usage: '[text] [--limit <number>] [--offset <number>]',
    summary: 'List users, newest first; those whose id, name or address holds a text.',
    options: {
      limit: { type: 'string', default: '50' },
      offset: { type: 'string', default: '0' },
    },
    run: (args) =>
      withOperator(args, async ({ call }) => {
        const query = new URLSearchParams({
          limit: args.text('limit') ?? '',
          offset: args.text('offset') ?? '',
          query: args.subject,
        })
        const users = (await call('GET', `/users?${query}`)) as User[]
        return print(args, users, users)
      }),
  },
  show: action('Show a user: by id, e-mail address or username.', 'GET', ''),
  ban: action('Ban a user, and end their sessions.', 'POST', '/ban'),
  unban: action('Let a banned user in again.', 'POST', '/unban'),
  lock: action('Lock a user for as long as the setting lockout_duration says.', 'POST', '/lock'),
  unlock: action('Unlock a user.', 'POST', '/unlock'),
  'set-password': action(
    'Set a password, read from standard input, and end the sessions.',
    'PATCH',
    '',
    async (args) => ({
      password: await readPassword(args),
      sign_out_of_other_sessions: true,
    }),
  ),
  'sign-in-link': {
    usage: '<user> [--expires-in <seconds>]',
    summary: 'Make a link that signs a user in, once. Whoever has it is that user.',
    options: { 'expires-in': { type: 'string', default: '3600' } },
    run: (args) =>
      withOperator(args, async (operator) => {
        const ticket = (await operator.call('POST', '/sign_in_tokens', {
          user_id: await resolveUser(operator, args.subject),
          expires_in_seconds: Number(args.text('expires-in')),
        })) as { readonly url: string }
        args.terminal.out(args.flag('json') ? JSON.stringify(ticket, null, 2) : ticket.url)
        return 0
      }),
  },
  delete: {
    usage: '<user> --yes',
    summary: 'Delete a user with everything that is theirs.',
    isDestructive: true,
    run: (args) =>
      withOperator(args, async (operator) => {
        const id = await resolveUser(operator, args.subject)
        const answer = await operator.call('DELETE', `/users/${id}`)
        args.terminal.out(args.flag('json') ? JSON.stringify(answer, null, 2) : `Deleted ${id}.`)
        return 0
      }),
  },
}

/** `core user`. */
export const user = createGroup(
  'user',
  'Creates, finds and changes users, by the rules of the Backend API. Works beside "core dev" as well.',
  SUBCOMMANDS,
  [
    'core user create --email ada@example.com --first-name Ada',
    'core user list ada --json',
    'core user ban ada@example.com',
    'core user set-password ada@example.com < password.txt',
    'core user sign-in-link ada@example.com',
    'core user delete ada@example.com --yes',
  ],
)
