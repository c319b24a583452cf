/** A server that cannot be used as it is: each refusal says what to do. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import { makeCertificate } from '../testing/certificate.ts'
import { createTestDatabase } from '../testing/database.ts'
import { openPooler, type Pooler, type PoolerOptions } from '../testing/pooler.ts'
import { connectToServer } from './server.ts'
import { describeUnreachable } from './unreachable.ts'

const DAY_MS = 86_400_000
const OURS = makeCertificate('localhost', Date.now() + DAY_MS)
const CERTIFICATES = {
  ours: OURS,
  another: makeCertificate('db.example.com', Date.now() + DAY_MS),
  over: makeCertificate('localhost', Date.now() - DAY_MS),
}

let databaseUrl: string
let directory: string
let pooler: Pooler
beforeAll(async () => {
  databaseUrl = await createTestDatabase()
  directory = await mkdtemp(join(tmpdir(), 'core-identity-test-'))
  for (const [name, { cert }] of Object.entries(CERTIFICATES)) {
    await writeFile(join(directory, `${name}.crt`), cert)
  }
})
afterAll(() => rm(directory, { recursive: true }))
afterEach(() => pooler.close())

async function connect(options: PoolerOptions, query: string): Promise<void> {
  pooler = await openPooler(databaseUrl, options)
  const handle = await connectToServer(`${pooler.url}${query}`)
  await handle.close()
}

const query = (file: string): string => `?sslmode=verify-full&sslrootcert=${join(directory, file)}`

describe('with sslmode=verify-full', () => {
  it('a server whose certificate is right is let in', async () => {
    const options: PoolerOptions = { mode: 'passes', certificate: CERTIFICATES.ours }
    await expect(connect(options, query('ours.crt'))).resolves.toBeUndefined()
  })

  it.each<[string, PoolerOptions['certificate'], string, RegExp]>([
    ['signed by a stranger', CERTIFICATES.ours, 'another.crt', /sslrootcert=\/path\/to\/ca\.crt/],
    ['of another host', CERTIFICATES.another, 'another.crt', /Name the host there as/],
    ['that is over', CERTIFICATES.over, 'over.crt', /Give the server a new one/],
    ['in no file', CERTIFICATES.ours, 'missing.crt', /Check sslrootcert/],
    ['that it has none of', undefined, 'ours.crt', /Turn it on there/],
  ])('a certificate %s is refused with what to do', async (_what, certificate, file, remedy) => {
    const options: PoolerOptions = {
      mode: 'passes',
      ...(certificate === undefined ? {} : { certificate }),
    }
    await expect(connect(options, query(file))).rejects.toMatchObject({
      code: 'database-unreachable',
      message: expect.stringMatching(remedy),
    })
  })
})

it.each([
  ['SELF_SIGNED_CERT_IN_CHAIN', /sslrootcert=/],
  ['UNABLE_TO_GET_ISSUER_CERT', /sslrootcert=/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /sslrootcert=/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /sslrootcert=/],
  ['HOSTNAME_MISMATCH', /Name the host there as/],
  ['CERT_NOT_YET_VALID', /set the clock/],
  ['26000', /PgBouncer 1\.21/],
  ['28P01', /\(28P01\)\. Check that it runs/],
])('a failure with the code %s says what to do', (code, remedy) => {
  expect(describeUnreachable(Object.assign(new Error('x'), { code }))).toMatch(remedy)
})

describe('a pooler', () => {
  it.each<[string, PoolerOptions['mode'], RegExp]>([
    ['that does not take limits', 'refuses', /ignore_startup_parameters = statement_timeout/],
    ['that mixes up statements', 'shares', /PgBouncer 1\.21 or newer/],
  ])('%s is refused with what to do', async (_what, mode, remedy) => {
    await expect(connect({ mode }, '')).rejects.toMatchObject({
      code: 'database-unreachable',
      message: expect.stringMatching(remedy),
    })
  })
})
