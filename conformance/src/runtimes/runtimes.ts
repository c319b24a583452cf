/** Every runtime the portable packages promise to run on, and how a module is run there. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { findBinary } from './binaries.ts'

/** A module that prints one line, as a runtime wants it. */
export interface Launch {
  /** Folder of the module and of everything it takes to run it. Removed afterwards. */
  readonly folder: string
  /** Name for files of this run. */
  readonly name: string
  /** File of the module in the folder. */
  readonly module: string
  /** Expression over the members of the module: what is printed, as JSON, once it is settled. */
  readonly expression: string
}

export interface Runtime {
  readonly title: string
  /** What the runtime calls itself. */
  readonly says: RegExp
  /** Why it cannot run here, or `null` if it can. */
  readonly obstacle: () => string | null
  /** Runs a module to its end and returns what it printed. */
  readonly run: (launch: Launch) => Promise<string>
}

/** Oldest Node that published packages run on. */
const OLDEST_NODE = [20, 19] as const

/** The Node that the machine itself has; the root commands run on a newer one of their own. */
const ownNode = process.env['CORE_OWN_NODE'] ?? process.execPath

export const RUNTIMES: readonly Runtime[] = [
  {
    title: "the machine's own Node",
    says: /^Node (?:2[0-9]|[3-9]\d)\.\d+\.\d+$/,
    obstacle: () => null,
    run: async (launch) => {
      await refuseOldNode()
      return execute(ownNode, [await writeMain(launch)])
    },
  },
  {
    title: 'the Node of development',
    says: new RegExp(`^Node ${process.versions.node.replaceAll('.', '\\.')}$`),
    obstacle: () => null,
    run: async (launch) => execute(process.execPath, [await writeMain(launch)]),
  },
  {
    title: 'Deno',
    says: /^Deno \d+\.\d+\.\d+$/,
    obstacle: () => obstacleOf('deno'),
    run: async (launch) =>
      execute(
        findBinary('deno'),
        [
          'run',
          '--quiet',
          '--no-prompt',
          '--no-config',
          '--no-lock',
          '--no-remote',
          '--no-npm',
          '--allow-env',
          '--allow-net=127.0.0.1',
          await writeMain(launch),
        ],
        { DENO_DIR: join(launch.folder, 'deno'), DENO_NO_UPDATE_CHECK: '1' },
      ),
  },
  {
    title: 'Bun',
    says: /^Bun \d+\.\d+\.\d+$/,
    obstacle: () => obstacleOf('bun'),
    run: async (launch) =>
      execute(findBinary('bun'), ['run', '--no-install', await writeMain(launch)], {
        DO_NOT_TRACK: '1',
      }),
  },
  { title: 'workerd', ...workerd([]) },
  { title: 'workerd with the modules of Node', ...workerd(['nodejs_compat']) },
]

function workerd(flags: readonly string[]): Omit<Runtime, 'title'> {
  return {
    says: /^workerd$/,
    obstacle: () => obstacleOf('workerd'),
    async run({ folder, name, module, expression }) {
      await writeFile(
        join(folder, `${name}.mjs`),
        `import * as module from './${module}'
export default { async test() { console.log(JSON.stringify(await module.${expression})) } }
`,
      )
      const config = join(folder, `${name}.capnp`)
      await writeFile(
        config,
        `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [
  (name = "main", worker = (
    modules = [
      (name = "main", esModule = embed "${name}.mjs"),
      (name = "${module}", esModule = embed "${module}"),
    ],
    compatibilityDate = "2026-01-01",
    compatibilityFlags = ${JSON.stringify(flags)},
  )),
  (name = "internet", network = (allow = ["local"])),
]);
`,
      )
      return execute(findBinary('workerd'), ['test', config])
    },
  }
}

async function writeMain({ folder, name, module, expression }: Launch): Promise<string> {
  const file = join(folder, `${name}.mjs`)
  await writeFile(
    file,
    `import * as module from './${module}'
console.log(JSON.stringify(await module.${expression}))
`,
  )
  return file
}

function obstacleOf(name: string): string | null {
  try {
    findBinary(name)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function refuseOldNode(): Promise<void> {
  const version = (await execute(ownNode, ['--version'])).trim()
  const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_NODE
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return
  throw new Error(`The packages need Node ${OLDEST_NODE.join('.')}; this machine has ${version}`)
}

/** Runs a command to its end. One that hangs is killed. @throws with its output when it fails */
async function execute(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, {
    env: { PATH: process.env['PATH'], ...env },
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  return stdout
}
