/**
 * What holds of every database that the server has written, whatever interrupted it; where people sign
 * themselves up and join organizations by invitation, as those of the kills and the load do.
 */

import { sql, type SQL } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'

/** A claim, and a query for the ids of rows that break it. */
// oxfmt-ignore
const INVARIANTS: Readonly<Record<string, SQL>> = {
  'a complete sign-up made its user, whose address is proven': sql`
    select id from sign_ups s where status = 'complete' and not exists (
      select from users u where u.id = s.created_user_id and (s.email_address is null or exists (
        select from email_addresses e
        where e.user_id = u.id and e.email_address = s.email_address and e.verified_at is not null)))`,
  'a complete sign-up made its session': sql`
    select id from sign_ups s where status = 'complete' and not exists (
      select from sessions where id = s.created_session_id and user_id = s.created_user_id)`,
  'a sign-up under way made nothing': sql`
    select id from sign_ups where status <> 'complete'
    and (created_user_id is not null or created_session_id is not null)`,
  'a user has an address or a username': sql`
    select id from users u where username is null and not exists (
      select from email_addresses where user_id = u.id)`,
  'a user was made by a complete sign-up': sql`
    select id from users u where not exists (
      select from sign_ups where created_user_id = u.id and status = 'complete')`,
  'a complete sign-in made its session': sql`
    select id from sign_ins s where status = 'complete' and not exists (
      select from sessions where id = s.created_session_id and user_id = s.user_id)`,
  'the primary address of a user is theirs': sql`
    select id from users u where primary_email_address_id is not null and not exists (
      select from email_addresses where id = u.primary_email_address_id and user_id = u.id)`,
  'a user with addresses has a primary one': sql`
    select id from users u where primary_email_address_id is null
    and exists (select from email_addresses where user_id = u.id)`,
  'a session belongs to a client and a user of its instance': sql`
    select id from sessions s where not exists (
      select from clients c, users u where c.id = s.client_id and u.id = s.user_id
      and c.instance_id = s.instance_id and u.instance_id = s.instance_id)`,
  'a session was made by a complete sign-up or sign-in': sql`
    select id from sessions s where not exists (
      select from sign_ups where created_session_id = s.id and status = 'complete')
    and not exists (
      select from sign_ins where created_session_id = s.id and status = 'complete')`,
  'a client was last active in a session of its own': sql`
    select id from clients c where last_active_session_id is not null and not exists (
      select from sessions where id = c.last_active_session_id and client_id = c.id)`,
  'an organization counts its members': sql`
    select id from organizations o where members_count <> (
      select count(*) from organization_memberships where organization_id = o.id)`,
  'an organization has an administrator': sql`
    select id from organizations o where created_by is not null and not exists (
      select from organization_memberships m join organization_roles r on r.id = m.role_id
      where m.organization_id = o.id and r.key = 'org:admin')`,
  'an accepted invitation is a membership': sql`
    select id from organization_invitations i where status = 'accepted' and not exists (
      select from organization_memberships m join email_addresses e on e.user_id = m.user_id
      where m.organization_id = i.organization_id and e.email_address = i.email_address)`,
  'a member made the organization or accepted an invitation': sql`
    select m.id from organization_memberships m join organizations o on o.id = m.organization_id
    where o.created_by <> m.user_id and not exists (
      select from organization_invitations i join email_addresses e
      on e.email_address = i.email_address and e.instance_id = i.instance_id
      where i.organization_id = o.id and i.status = 'accepted' and e.user_id = m.user_id)`,
  'an instance signs with one key': sql`
    select id from instances i where 1 <> (
      select count(*) from signing_keys where instance_id = i.id and retired_at is null)`,
  'a key in use can sign, a retired one cannot': sql`
    select kid as id from signing_keys where (retired_at is null) <> (private_key ?| array['d', 'sealed'])`,
  'a family of refresh tokens belongs to a session of its instance': sql`
    select family_hash as id from refresh_families f where not exists (
      select from sessions s where s.id = f.session_id and s.instance_id = f.instance_id)`,
  'a refresh token is the newest of one family': sql`
    select token_hash as id from refresh_families group by token_hash having count(*) > 1`,
  'a family that was exchanged knows the token before, and how it led to the newest': sql`
    select family_hash as id from refresh_families
    where num_nonnulls(previous_hash, seed, rotated_at) not in (0, 3) or previous_hash = token_hash`,
}

/** What is confirmed to people, and where it is from then on. */
// oxfmt-ignore
const CONFIRMED = {
  users:         sql`select id from users`,
  sessions:      sql`select id from sessions where status = 'active'`,
  organizations: sql`select id from organizations`,
  invitations:   sql`select id from organization_invitations where status = 'accepted'`,
} as const satisfies Readonly<Record<string, SQL>>

/** The ids that somebody was told. */
export type Ledger = Readonly<Record<keyof typeof CONFIRMED, Set<string>>>

/** Begins with nothing confirmed. */
export function createLedger(): Ledger {
  return {
    users: new Set(),
    sessions: new Set(),
    organizations: new Set(),
    invitations: new Set(),
  }
}

/** Looks for what was confirmed and is not there. */
export async function findLosses(db: Queryable, ledger: Ledger): Promise<readonly string[]> {
  const found: string[] = []
  for (const [kind, query] of Object.entries(CONFIRMED)) {
    const present = new Set(await readIds(db, query))
    const lost = [...ledger[kind as keyof Ledger]].filter((id) => !present.has(id))
    if (lost.length > 0) found.push(`${lost.length} ${kind} lost: ${lost.slice(0, 3).join(', ')}`)
  }
  return found
}

/** Looks for rows that break a claim, and says which. */
export async function findViolations(db: Queryable): Promise<readonly string[]> {
  const found: string[] = []
  for (const [claim, query] of Object.entries(INVARIANTS)) {
    const ids = await readIds(db, query)
    if (ids.length > 0) found.push(`${claim}: broken by ${ids.slice(0, 3).join(', ')}`)
  }
  return found
}

async function readIds(db: Queryable, query: SQL): Promise<readonly string[]> {
  const rows = await db.select({ id: sql<string>`found.id` }).from(sql`(${query}) as found`)
  return rows.map(({ id }) => id)
}
