import { IdentityError } from '../error.ts'
import { listPendingMigrations, migrate as applyMigrations } from '../database/migrate.ts'
import { withPatientConnection } from '../database/server.ts'
import { parseArguments, type Command } from './arguments.ts'

const HELP = `Brings the schema of the database server up to date.

Usage: core migrate [options]

Safe to run twice, and by two processes at once. Servers of the release before go on working while the
schema is newer than they are: migrate first, then replace them. An embedded database needs none of this,
it is brought up to date when it is opened.

Options:
  --check               Change nothing; end with exit code 1 if there is something to do.
  --help                Show this text.

Environment:
  DATABASE_URL          Database server: postgres://user:password@host:5432/database`

/** `core migrate`. */
export const migrate: Command = {
  help: HELP,
  run: async (args, terminal) => {
    const { values } = parseArguments(args, { check: { type: 'boolean', default: false } })
    const url = terminal.env['DATABASE_URL']
    if (!url) {
      throw new IdentityError(
        'database-url-invalid',
        'There is no database server to migrate. Set DATABASE_URL to postgres://user:password@host:5432/database.',
      )
    }
    if (values.check) {
      const pending = await withPatientConnection(url, listPendingMigrations)
      for (const name of pending) terminal.out(`Pending: ${name}`)
      if (pending.length === 0) terminal.out('The schema is up to date.')
      return pending.length === 0 ? 0 : 1
    }
    const applied = await withPatientConnection(url, applyMigrations)
    for (const name of applied) terminal.out(`Applied: ${name}`)
    terminal.out(
      applied.length === 0 ? 'The schema was up to date already.' : 'The schema is up to date.',
    )
    return 0
  },
}
