/** As many users as one likes, written by the database itself. */
import { sql } from 'drizzle-orm'

import { withPatientConnection } from '../../packages/identity/src/database/server.ts'

/** The id of the n-th user. */
export function userIdOf(n: number): string {
  return `user_bench${String(n).padStart(20, '0')}`
}

/** The address of the n-th user. */
export function emailOf(n: number): string {
  return `bench${String(n).padStart(20, '0')}@example.com`
}

/** Fills the one instance of a database up to a number of users. */
export async function populate(databaseUrl: string, users: number): Promise<void> {
  await withPatientConnection(databaseUrl, async (database) => {
    const [present] = await database
      .select({ count: sql<number>`count(*)::int` })
      .from(sql`users where id like 'user_bench%'`)
    const range = sql`
      (select id as instance_id, lpad(n::text, 20, '0') as n, 1700000000000 + n as at
       from instances, generate_series(${present?.count ?? 0}::int, ${users - 1}::int) as n) as numbers`
    await database.execute(sql`
      insert into users (id, instance_id, first_name, last_name, primary_email_address_id,
        public_metadata, private_metadata, unsafe_metadata, created_at, updated_at)
      select 'user_bench' || n, instance_id, 'Ada', 'Lovelace', 'idn_bench' || n, '{}', '{}', '{}', at, at
      from ${range}`)
    await database.execute(sql`
      insert into email_addresses (id, instance_id, user_id, email_address, verified_at,
        verification_strategy, created_at, updated_at)
      select 'idn_bench' || n, instance_id, 'user_bench' || n, 'bench' || n || '@example.com', at,
        'email_code', at, at
      from ${range}`)
    // Settled, as a database is that did not get its users a moment ago.
    await database.execute(sql`vacuum (analyze)`)
    await database.execute(sql`checkpoint`)
  })
}
