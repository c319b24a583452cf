/** `core export` and `core import`: an instance as a file, from one database to another. */

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile, rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'

import { IdentityError } from '../error.ts'
import { requireInstance } from '../instances/administer.ts'
import { openServices } from '../open.ts'
import { exportInstance } from '../transfer/export.ts'
import { readLines } from '../transfer/file.ts'
import { importInstance } from '../transfer/import.ts'
import { parseArguments, type Command } from './arguments.ts'
import { readPlace } from './environment.ts'

const ENVIRONMENT = `
  --data <directory>    Where the data is kept if there is no database server. (default: .core)
  --help                Show this text.

Environment:
  DATABASE_URL          Database server: postgres://user:password@host:5432/database
  CORE_SECRET           What private keys are encrypted under. (default: kept in the data directory)

Example:`

const EXPORT_HELP = `Writes an instance into a file: users, sessions, organizations, settings. Servers go on meanwhile.

Usage: core export --output <file> [options]

The file is one snapshot, as lines of JSON with a checksum. It holds addresses and password hashes: keep it
as you keep the database.

Options:
  --output <file>       Where to write. A file of that name is replaced once the new one is whole.
  --instance <id|host>  Which instance, where there are several.
  --passphrase-file <file>  Take private keys along, encrypted under the first line of this file. Without it
                        they stay: the import then makes a new signing key, and JWT templates with a key of
                        their own are left out.${ENVIRONMENT}
  core export --output acme.jsonl --passphrase-file passphrase.txt`

const IMPORT_HELP = `Reads an instance from a file that "core export" wrote: all of it or nothing.

Usage: core import --input <file> [options]

Options:
  --input <file>        What to read.
  --passphrase-file <file>  What the private keys in the file are encrypted under.${ENVIRONMENT}
  core import --input acme.jsonl --passphrase-file passphrase.txt`

const PROGRESS_ROWS = 10_000

/** `core export`. */
export const exportCommand: Command = {
  help: EXPORT_HELP,
  run: async (args, terminal) => {
    const { values } = parseArguments(args, {
      output: { type: 'string' },
      instance: { type: 'string' },
      'passphrase-file': { type: 'string' },
      data: { type: 'string', default: '.core' },
    })
    const output = requireFile(values.output, '--output')
    const passphrase = await readPassphrase(values['passphrase-file'])
    const { services, close } = await openServices(readPlace(terminal.env, values.data), {
      isPatient: true,
    })
    // Written beside and renamed: whoever finds the name finds a whole file.
    const draft = `${output}.draft`
    try {
      const { id } = await requireInstance(services.database, values.instance)
      const stream = createWriteStream(draft, { mode: 0o600 })
      const written = finished(stream)
      // It may fail while the database is asked, when nobody waits for it: the next line will tell.
      written.catch(() => undefined)
      let count = 0
      const { leftOut } = await exportInstance(services, id, passphrase, async (line) => {
        if (++count % PROGRESS_ROWS === 0) terminal.error(`${count} lines …`)
        if (stream.errored !== null) throw stream.errored
        if (!stream.write(`${line}\n`)) await once(stream, 'drain')
      })
      stream.end()
      await written
      await rename(draft, output)
      if (leftOut > 0) terminal.error(`JWT templates with keys of their own, left out: ${leftOut}.`)
      terminal.out(`Exported ${id}: ${count - 2} rows.`)
      return 0
    } catch (error) {
      throw isOfFiles(error)
        ? new IdentityError(
            'invalid-option',
            `${output} cannot be written (${error.code}). Name a file in a directory that is there, with room for it.`,
            { cause: error },
          )
        : error
    } finally {
      await rm(draft, { force: true })
      await close()
    }
  },
}

/** `core import`. */
export const importCommand: Command = {
  help: IMPORT_HELP,
  run: async (args, terminal) => {
    const { values } = parseArguments(args, {
      input: { type: 'string' },
      'passphrase-file': { type: 'string' },
      data: { type: 'string', default: '.core' },
    })
    const input = requireFile(values.input, '--input')
    const passphrase = await readPassphrase(values['passphrase-file'])
    const { services, close } = await openServices(readPlace(terminal.env, values.data), {
      isPatient: true,
    })
    try {
      const rows = await importInstance(services, readLines(input), passphrase)
      const total = Object.values(rows).reduce((sum, count) => sum + count, 0)
      terminal.out(`Imported ${total} rows.`)
      return 0
    } catch (error) {
      throw error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? new IdentityError('invalid-option', `There is no file ${input}.`)
        : error
    } finally {
      await close()
    }
  },
}

function isOfFiles(error: unknown): error is NodeJS.ErrnoException {
  const { syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  return syscall === 'open' || syscall === 'write' || syscall === 'rename'
}

function requireFile(name: string | undefined, option: string): string {
  if (name !== undefined) return name
  throw new IdentityError('invalid-option', `Name a file with ${option}.`)
}

/** Reads the first line of a file. An argument could be seen by everybody on the machine. */
async function readPassphrase(file: string | undefined): Promise<string | null> {
  if (file === undefined) return null
  const text = await readFile(file, 'utf8').catch(() => '')
  const [passphrase = ''] = text.split(/\r?\n/)
  if (passphrase.length >= 12) return passphrase
  throw new IdentityError(
    'invalid-option',
    `There is no passphrase of 12 characters or more in the first line of ${file}.`,
  )
}
