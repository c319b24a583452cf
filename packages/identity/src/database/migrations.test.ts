import { readFile, readdir } from 'node:fs/promises'

import { describe, expect, it } from 'vitest'

const FOLDER = new URL('../../drizzle/', import.meta.url)
const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).toSorted()

/** What the release before could stumble over while it still runs on the new schema. */
function findBreaks(script: string): string[] {
  return script
    .split('--> statement-breakpoint')
    .map((statement) => statement.trim())
    .filter(
      (statement) =>
        /\bDROP (?:TABLE|COLUMN|TYPE|SCHEMA|VIEW)\b|\bRENAME\b|\bSET NOT NULL\b/i.test(statement) ||
        /\bALTER COLUMN\b.*\bTYPE\b|\bSET DATA TYPE\b/i.test(statement) ||
        (/\bADD COLUMN\b.*\bNOT NULL\b/i.test(statement) && !/\bDEFAULT\b/i.test(statement)),
    )
}

describe('a migration', () => {
  it.each(names)('leaves the release before working: %s', async (name) => {
    expect(findBreaks(await readFile(new URL(name, FOLDER), 'utf8'))).toEqual([])
  })

  it.each([
    'ALTER TABLE "users" DROP COLUMN "locale";',
    'ALTER TABLE "users" RENAME COLUMN "locale" TO "language";',
    'ALTER TABLE "users" ALTER COLUMN "locale" SET NOT NULL;',
    'ALTER TABLE "users" ALTER COLUMN "locale" SET DATA TYPE integer;',
    'ALTER TABLE "users" ADD COLUMN "age" integer NOT NULL;',
    'DROP TABLE "users" CASCADE;',
  ])('would be found out: %s', (statement) => {
    expect(findBreaks(`CREATE TABLE "a" ();\n--> statement-breakpoint\n${statement}`)).toEqual([
      statement,
    ])
  })

  it.each([
    'ALTER TABLE "users" ADD COLUMN "age" integer;',
    'ALTER TABLE "users" ADD COLUMN "age" integer DEFAULT 0 NOT NULL;',
    'DROP INDEX "users_instance";',
    'ALTER TABLE "users" ALTER COLUMN "locale" DROP NOT NULL;',
  ])('may do: %s', (statement) => {
    expect(findBreaks(statement)).toEqual([])
  })
})
