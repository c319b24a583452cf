import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'

import { problem, warning, type Finding, type Surroundings } from '../doctor/check.ts'
import { DATABASE_CHECKS } from '../doctor/database.ts'
import { CHECKS } from '../doctor/surroundings.ts'
import { IdentityError } from '../error.ts'
import { listInstances, requireInstance } from '../instances/administer.ts'
import { openServices } from '../open.ts'
import { parseArguments, type Command, type Terminal } from './arguments.ts'
import { readPlace } from './environment.ts'

const HELP = `Looks for what is wrong with a server and its surroundings, and says what to do. Changes none of your data.

Usage: core doctor [options]

Run it with the environment of the server. It asks the database, greets the mail server without sending a
mail, and visits every public instance at its host. Ends with exit code 1 if there is a problem; a warning
is worth a look.

Options:
  --data <directory>    Where the data is kept if there is no database server. (default: .core)
  --json                Answer in JSON, for programs.
  --help                Show this text.

Example:
  core doctor --json`

type Named = Finding & { readonly check: string }

/** `core doctor`. */
export const doctor: Command = {
  help: HELP,
  run: async (args, terminal) => {
    const { values } = parseArguments(args, {
      data: { type: 'string', default: '.core' },
      json: { type: 'boolean', default: false },
    })
    const surroundings: Surroundings = {
      env: terminal.env,
      directory: resolve(values.data),
      nodeVersion: terminal.nodeVersion ?? process.version,
      now: Date.now(),
    }
    const findings: Named[] = []
    for (const { name, run } of CHECKS) {
      findings.push({ check: name, ...(await run(surroundings)) })
    }
    findings.push(...(await askDatabase(surroundings)))
    if (values.json) terminal.out(JSON.stringify(findings, null, 2))
    else print(terminal, findings)
    return findings.some(({ verdict }) => verdict === 'problem') ? 1 : 0
  },
}

async function askDatabase(surroundings: Surroundings): Promise<readonly Named[]> {
  const { env, directory } = surroundings
  // Opening what is not there would make it.
  if (!env['DATABASE_URL'] && (await stat(directory).catch(() => null)) === null) return []
  try {
    const { services, close } = await openServices(readPlace(env, directory))
    try {
      const all = await listInstances(services.database)
      const instances = await Promise.all(
        all.map(({ id }) => requireInstance(services.database, id)),
      )
      const findings: Named[] = []
      for (const { name, run } of DATABASE_CHECKS) {
        const now = Date.now()
        findings.push({
          check: name,
          ...(await run(services, instances, { ...surroundings, now })),
        })
      }
      return findings
    } finally {
      await close()
    }
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error
    const [fact = '', ...remedy] = error.message.split(/(?<=\.) /)
    const toFinding = error.code === 'data-in-use' ? warning : problem
    return [{ check: 'database', ...toFinding(fact, remedy.join(' ')) }]
  }
}

function print({ out }: Terminal, findings: readonly Named[]): void {
  for (const { verdict, check, fact, remedy } of findings) {
    out(`${verdict.padEnd(8)} ${check.padEnd(13)} ${fact}`)
    if (remedy !== undefined) out(`${' '.repeat(23)}${remedy}`)
  }
}
