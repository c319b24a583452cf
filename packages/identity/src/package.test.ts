import { readFile } from 'node:fs/promises'

import { expect, it } from 'vitest'

import { SETTING_NAMES } from './instances/settings.ts'

it('explains every setting in the readme, and none that is not there', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const table = readme.slice(readme.indexOf('## Settings'), readme.indexOf('## Environment'))
  const rows = table.split('\n').filter((line) => line.startsWith('| `'))
  const names = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
  )
  expect(names.toSorted()).toEqual(SETTING_NAMES)
})
