/** Private keys on their way: from the secret of one server, by a passphrase, to that of another. */

import { scryptSync } from 'node:crypto'

import { openStoredKey } from '../vault/stored-keys.ts'
import { createVault, type SealedPlace, type Vault } from '../vault/vault.ts'

/** Makes the vault of a passphrase. Deliberately slow: a passphrase can be guessed, a secret cannot. */
export function createPassphraseVault(passphrase: string, instanceId: string): Vault {
  const options = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 ** 2 }
  const key = scryptSync(passphrase.normalize('NFKC'), `core export ${instanceId}`, 32, options)
  return createVault([key.toString('hex')])
}

type Row = Record<string, unknown>

/** Where tables hold private keys: what a row is without its own, or with it in another vault. */
const KEYS: Readonly<
  Record<
    string,
    {
      /** `null`: the row goes without us. */
      without(row: Row): Row | null
      move(row: Row, move: (place: SealedPlace, text: string) => string): Row
    }
  >
> = {
  signing_keys: {
    // Its tokens hold to their end; nothing is signed with it any more.
    without: (row) => ({
      ...row,
      private_key: row['public_key'],
      retired_at: row['retired_at'] ?? row['created_at'],
    }),
    move: (row, move) => {
      const { sealed } = row['private_key'] as { readonly sealed?: string }
      if (sealed === undefined) return row
      const id = String(row['kid'])
      const place = { instanceId: String(row['instance_id']), purpose: 'signing-key', id } as const
      return { ...row, private_key: { sealed: move(place, sealed) } }
    },
  },
  jwt_templates: {
    // Under another key its tokens would be worthless to those who read them.
    without: (row) => (row['signing_key'] === null ? row : null),
    move: (row, move) => {
      if (row['signing_key'] === null) return row
      const id = String(row['id'])
      const place = { instanceId: String(row['instance_id']), purpose: 'template-key', id } as const
      return { ...row, signing_key: move(place, String(row['signing_key'])) }
    },
  },
}

/** Whether rows of a table may hold private keys. */
export function holdsKeys(table: string): boolean {
  return Object.hasOwn(KEYS, table)
}

/** Takes the private key out of a row. `null`: nothing of the row is left. */
export function withoutKey(table: string, json: string): string | null {
  const row = KEYS[table]?.without(JSON.parse(json) as Row) ?? null
  return row === null ? null : JSON.stringify(row)
}

/** Moves the private key of a row from one vault to another. */
export function moveKey(table: string, json: string, from: Vault, to: Vault): string {
  const moved = KEYS[table]?.move(JSON.parse(json) as Row, (place, text) =>
    to.seal(place, openStoredKey(from, place, text)),
  )
  return moved === undefined ? json : JSON.stringify(moved)
}
