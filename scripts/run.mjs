// Runs a task of this repository on the pinned toolchain, whatever the machine has.
// Needs Node 20, npm and git; fetches Node 24 and pnpm 12 from the npm registry.
// Plain JavaScript, because the machine's own Node has to read it.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { whenOrphaned } from './orphan.mjs'

const NODE = '24.21.0'
const PNPM = '12.21.0'
const TASKS = {
  demo: 'Install, build and run the identity server and every demo app (or: npm run demo -- express)',
  test: 'Install, build and run every check and every test',
  bench: 'Install, build and print the side-by-side measurements',
  build: 'Install and build every package and app',
  check: 'Install, build and run formatting, lint and types',
  reference: 'Install and write docs/reference from the tables of the source',
}

const root = fileURLToPath(new URL('..', import.meta.url))
const [task, ...args] = process.argv.slice(2)

if (task === undefined || !Object.hasOwn(TASKS, task)) {
  const rows = Object.entries(TASKS).map(([name, text]) => `  npm run ${name.padEnd(9)} ${text}`)
  console.error(`Usage:\n${rows.join('\n')}`)
  process.exit(task === undefined || task === '--help' ? 0 : 2)
}

const toolchain = findToolchain()
const child = spawn(toolchain.node, [join(root, 'scripts', 'tasks', `${task}.ts`), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: toolchain.path,
    // Published packages support older Nodes than development runs on.
    CORE_OWN_NODE: process.execPath,
    DO_NOT_TRACK: '1',
    NEXT_TELEMETRY_DISABLED: '1',
  },
})
// A terminal signals the whole group; a supervisor signals only this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT') child.kill(signal)
  })
}
whenOrphaned(() => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))

/** @returns {{ node: string, path: string }} */
function findToolchain() {
  const own = process.env.PATH ?? ''
  if (process.versions.node === NODE && versionOf('pnpm', own) === PNPM) {
    return { node: process.execPath, path: own }
  }
  console.log(`Getting Node ${NODE} and pnpm ${PNPM} from the npm registry …`)
  const found = spawnSync(
    'npx',
    [
      '--yes',
      '--prefer-offline',
      '-p',
      `node@${NODE}`,
      '-p',
      `pnpm@${PNPM}`,
      '-c',
      'node -p process.env.PATH',
    ],
    { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' },
  )
  const path = found.stdout?.trim() ?? ''
  const node = path
    .split(delimiter)
    .map((directory) => join(directory, process.platform === 'win32' ? 'node.exe' : 'node'))
    .find((file) => existsSync(file))
  if (found.status !== 0 || node === undefined || versionOf(node, path) !== `v${NODE}`) {
    console.error(
      `Node ${NODE} and pnpm ${PNPM} could not be fetched. Check that npm reaches its registry and ` +
        'that install scripts are allowed (npm config get ignore-scripts), or put both on the PATH.\n' +
        (found.stderr ?? ''),
    )
    process.exit(1)
  }
  return { node, path }
}

function versionOf(command, path) {
  const { stdout } = spawnSync(command, ['--version'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32',
  })
  return stdout?.trim()
}
