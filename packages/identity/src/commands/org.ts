import { withOperator } from './operator.ts'
import {
  createGroup,
  printTable,
  writeTime,
  type Arguments,
  type Subcommand,
} from './subcommands.ts'

/** What commands read of an organization. */
interface Organization {
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly created_at: number
}

interface Member {
  readonly role: string
  readonly created_at: number
  readonly public_user_data: { readonly user_id: string; readonly identifier: string }
}

function print(args: Arguments, answer: unknown, found: readonly Organization[]): number {
  const rows = found.map(({ id, slug, name, created_at }) => [
    id,
    slug,
    name,
    writeTime(created_at),
  ])
  if (args.flag('json')) args.terminal.out(JSON.stringify(answer, null, 2))
  else printTable(args.terminal, rows, 'None.')
  return 0
}

const pathOf = ({ subject }: Arguments): string => `/organizations/${encodeURIComponent(subject)}`

const PAGE = {
  limit: { type: 'string', default: '50' },
  offset: { type: 'string', default: '0' },
} as const

const pageOf = ({ text }: Arguments): URLSearchParams =>
  new URLSearchParams({ limit: text('limit') ?? '', offset: text('offset') ?? '' })

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  create: {
    usage: '--name <name> [--slug <slug>] [--created-by <user id>]',
    summary: 'Create an organization. Whoever it is created by becomes its first member.',
    options: {
      name: { type: 'string' },
      slug: { type: 'string' },
      'created-by': { type: 'string' },
    },
    run: (args) =>
      withOperator(args, async ({ call }) => {
        const made = (await call('POST', '/organizations', {
          name: args.text('name'),
          slug: args.text('slug'),
          created_by: args.text('created-by'),
        })) as Organization
        return print(args, made, [made])
      }),
  },
  list: {
    usage: '[text] [--limit <number>] [--offset <number>]',
    summary: 'List organizations, newest first; those whose id, name or slug holds a text.',
    options: PAGE,
    run: (args) =>
      withOperator(args, async ({ call }) => {
        const query = pageOf(args)
        if (args.subject !== '') query.set('query', args.subject)
        const answer = (await call('GET', `/organizations?${query}`)) as { data: Organization[] }
        return print(args, answer, answer.data)
      }),
  },
  show: {
    usage: '<organization>',
    summary: 'Show an organization, by id or slug.',
    run: (args) =>
      withOperator(args, async ({ call }) => {
        const found = (await call('GET', pathOf(args))) as Organization
        return print(args, found, [found])
      }),
  },
  members: {
    usage: '<organization> [--limit <number>] [--offset <number>]',
    summary: 'List the members of an organization and their roles.',
    options: PAGE,
    run: (args) =>
      withOperator(args, async ({ call }) => {
        const { id } = (await call('GET', pathOf(args))) as Organization
        const query = pageOf(args)
        const answer = (await call('GET', `/organizations/${id}/memberships?${query}`)) as {
          data: Member[]
        }
        const rows = answer.data.map(({ role, created_at, public_user_data: person }) => [
          person.user_id,
          person.identifier,
          role,
          writeTime(created_at),
        ])
        if (args.flag('json')) args.terminal.out(JSON.stringify(answer, null, 2))
        else printTable(args.terminal, rows, 'Nobody.')
        return 0
      }),
  },
  delete: {
    usage: '<organization> --yes',
    summary: 'Delete an organization with its memberships and invitations.',
    isDestructive: true,
    run: (args) =>
      withOperator(args, async ({ call }) => {
        const { id } = (await call('GET', pathOf(args))) as Organization
        const answer = await call('DELETE', `/organizations/${id}`)
        args.terminal.out(args.flag('json') ? JSON.stringify(answer, null, 2) : `Deleted ${id}.`)
        return 0
      }),
  },
}

/** `core org`. */
export const org = createGroup(
  'org',
  'Creates, finds and deletes organizations, by the rules of the Backend API. Works beside "core dev" as well.',
  SUBCOMMANDS,
  [
    'core org create --name Acme --created-by user_2abc',
    'core org list --json',
    'core org members acme',
    'core org delete acme --yes',
  ],
)
