-- At the read-only portal of a copy a second factor is used too. The copy's own rows are written by nothing but the
-- hospital's server: what was used here is kept beside them, here alone.
create table portal_factor_uses (
  person_id uuid primary key,
  last_step integer,
  failures integer not null default 0,
  locked_until timestamptz(3),
  spent_codes uuid[] not null default '{}'
);

do $$
begin
  execute format(
    'create or replace function sync_local_tables() returns text[] language sql immutable as %L',
    format('select %L::text[]', sync_local_tables() || array['portal_factor_uses'])
  );
end
$$;
