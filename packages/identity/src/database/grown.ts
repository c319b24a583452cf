/** Tables that have at least doubled since anybody counted what they hold, if anybody ever did. */
export const GROWN_TABLES = `
  select oid::regclass::text as name from pg_class
  where relkind = 'r' and relnamespace = current_schema()::regnamespace
    and pg_relation_size(oid) >= greatest(2 * relpages, 1) * current_setting('block_size')::int`
