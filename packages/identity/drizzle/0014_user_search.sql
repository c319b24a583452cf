-- Words within names and addresses are found by trigrams. Where the database does not have them, or lets nobody
-- install them, the same words are found by reading every row.
do $$
begin
  create extension if not exists pg_trgm;
  create index if not exists "users_words" on "users" using gin (
    ("id" || chr(10) || coalesce("username", '') || chr(10) || coalesce("first_name", '') || ' ' || coalesce("last_name", ''))
    gin_trgm_ops
  );
  create index if not exists "email_addresses_words" on "email_addresses" using gin ("email_address" gin_trgm_ops);
exception
  when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
    raise notice 'Searching users for words reads every user: there is no pg_trgm here (%).', sqlerrm;
end $$;
