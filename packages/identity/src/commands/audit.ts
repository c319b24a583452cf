import { ACTIONS } from '../audit/actions.ts'
import { listEvents, type AuditEvent } from '../audit/list.ts'
import { IdentityError } from '../error.ts'
import { requireInstance } from '../instances/administer.ts'
import { openServices } from '../open.ts'
import { parseArguments, type Command } from './arguments.ts'
import { readPlace } from './environment.ts'
import { printTable, writeTime } from './subcommands.ts'

const HELP = `Lists what was done, by whom and to whom: sign-ins, and what changed who can get in or what they may do.

Usage: core audit [options]

Newest first. An embedded database is used by one program at a time: stop the server first. What is older
than the setting audit_retention says (in days) is forgotten.

Options:
  --instance <id|host>  Of one instance. (default: of all)
  --user <id>           By a user or to them.
  --action <name>       One action (sign_in.failed), or all of a kind (sign_in).
  --since <time>        Not before a time: 2027-01-31, 2027-01-31T12:00Z, or 30m, 24h, 7d ago.
  --limit <number>      So many at most. (default: 100)
  --data <directory>    Where the data is kept if there is no database server. (default: .core)
  --json                Answer in JSON, for programs.
  --help                Show this text.

Examples:
  core audit --action sign_in.failed --since 24h
  core audit --user user_2x… --json

Actions:
${Object.entries(ACTIONS)
  .map(([name, meaning]) => `  ${name.padEnd(36)}${meaning}`)
  .join('\n')}`

/** `core audit`. */
export const audit: Command = {
  help: HELP,
  run: async (args, terminal) => {
    const { values } = parseArguments(args, {
      instance: { type: 'string' },
      user: { type: 'string' },
      action: { type: 'string' },
      since: { type: 'string' },
      limit: { type: 'string', default: '100' },
      data: { type: 'string', default: '.core' },
      json: { type: 'boolean', default: false },
    })
    const { action } = values
    if (action !== undefined && !isKnown(action)) {
      throw new IdentityError(
        'invalid-option',
        `"${action}" is no action. Run "core audit --help" to see which there are.`,
      )
    }
    const limit = /^[1-9]\d{0,5}$/.test(values.limit) ? Number(values.limit) : null
    if (limit === null) {
      throw new IdentityError('invalid-option', '--limit is a number from 1 to 999999.')
    }
    const { services, close } = await openServices(readPlace(terminal.env, values.data))
    try {
      const { database, now } = services
      const events = await listEvents(database, {
        // One that was deleted is known by its id alone.
        instanceId:
          values.instance === undefined || /^ins_\w+$/.test(values.instance)
            ? values.instance
            : (await requireInstance(database, values.instance)).id,
        party: values.user,
        action,
        since: values.since === undefined ? undefined : parseSince(values.since, now()),
        limit,
      })
      if (values.json) terminal.out(JSON.stringify(events.map(toJson), null, 2))
      else printTable(terminal, events.map(toRow), 'Nothing.')
      return 0
    } finally {
      await close()
    }
  },
}

function isKnown(action: string): boolean {
  return Object.keys(ACTIONS).some((name) => name === action || name.startsWith(`${action}.`))
}

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** @throws {IdentityError} `invalid-option` */
function parseSince(text: string, now: number): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  if (count !== undefined) return now - Number(count) * UNITS[unit as keyof typeof UNITS]
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new IdentityError(
    'invalid-option',
    `"${text}" is no time. Write 2027-01-31, 2027-01-31T12:00Z, or 30m, 24h, 7d.`,
  )
}

function toJson(event: AuditEvent): object {
  return {
    id: event.id,
    instance_id: event.instanceId,
    created_at: event.createdAt,
    actor: { kind: event.actorKind, id: event.actorId },
    action: event.action,
    subject: event.subject,
    network: event.network,
    detail: event.detail,
  }
}

function toRow(event: AuditEvent): string[] {
  return [
    writeTime(event.createdAt),
    event.action,
    event.actorId === null ? event.actorKind : `${event.actorKind} ${event.actorId}`,
    event.subject ?? '-',
    event.network ?? '-',
    JSON.stringify(event.detail),
  ]
}
