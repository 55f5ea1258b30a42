-- A hospital on a server of its own: what that server knows of itself and of its owner, and how its changes reach
-- the copy in chunks. Decision 041.

create table node_state (
  id integer primary key default 1 constraint node_state_one_row check (id = 1),
  stage text not null,
  owner_url text not null,
  node_id uuid,
  public_key text not null,
  sealed_private_key text not null,
  owner_public_key text,
  tenant_id uuid,
  subdomain text,
  sealed_data_key text,
  address text,
  -- The newest document that the owner signed, as it was signed.
  document text,
  document_signature text,
  document_version integer not null default 0,
  -- No clock that is set back brings an entitlement back to life.
  time_seen timestamptz(3) not null default now(),
  heard_at timestamptz(3),
  updated_at timestamptz(3) not null default now()
);

-- What the owner asked for, done here once; the answer reaches the copy with the other rows.
create table owner_commands (
  id uuid primary key,
  kind text not null,
  outcome text not null constraint owner_commands_outcome check (outcome in ('done', 'refused')),
  result jsonb not null,
  at timestamptz(3) not null default now()
);

-- Who signed in and looked at what at the read-only portal of a copy. Stays where it happened.
create table portal_audit (
  id uuid primary key,
  at timestamptz(3) not null default now(),
  actor_kind text not null,
  actor_id text,
  actor_name text not null,
  event text not null,
  entity text not null,
  entity_id text,
  patient_id uuid,
  reason text,
  request_id text,
  address text,
  details jsonb
);
create index portal_audit_at on portal_audit (at);

-- Added to whatever stays on its node already.
do $$
begin
  execute format(
    'create or replace function sync_local_tables() returns text[] language sql immutable as %L',
    format('select %L::text[]', sync_local_tables() || array['node_state', 'portal_audit']));
end
$$;

-- ---------------------------------------------------------------- chunks on arrival

-- The batch that is on its way; one at a time. Durable: what has arrived is not sent again.
create table sync_batch (
  id boolean primary key default true check (id),
  manifest jsonb not null,
  begun_at timestamptz not null default clock_timestamp()
);

create table sync_chunk (
  number integer primary key,
  last_seq bigint not null,
  n integer not null,
  sha256 text not null,
  body text not null,
  arrived_at timestamptz not null default clock_timestamp()
);
-- It is read once and thrown away: packing it again would cost more than it saves.
alter table sync_chunk alter column body set storage external;

-- Takes note of the batch that comes next. The same one again goes on where it was; another one replaces it.
-- Answers how many chunks are here and the number of their last row.
create function sync_expect(given jsonb, out chunks integer, out last_seq bigint) returns record language plpgsql as
$$
begin
  perform pg_advisory_xact_lock(sync_lock_key('chunks'));
  if not exists (select from sync_state where role = 'copy' and incarnation = (given->>'incarnation')::uuid and last_tick = (given->>'first')::bigint - 1) then
    raise exception 'Ticks % to % do not follow what is applied.', given->>'first', given->>'final' using errcode = 'WL002';
  end if;
  if not exists (select from sync_batch where manifest = given) then
    delete from sync_chunk;
    delete from sync_batch;
    insert into sync_batch (manifest) values (given);
  end if;
  select coalesce(max(c.number), 0), coalesce(max(c.last_seq), 0) into chunks, last_seq from sync_chunk c;
end
$$;

-- Stages one chunk. The chunk that is here already is well; one out of turn or of another batch is refused.
create function sync_stage(of uuid, first bigint, number integer, last_seq bigint, n integer, sha256 text, body text) returns integer language plpgsql as
$$
declare newest integer;
begin
  perform pg_advisory_xact_lock(sync_lock_key('chunks'));
  if not exists (select from sync_batch b where b.manifest->>'incarnation' = of::text and (b.manifest->>'first')::bigint = sync_stage.first) then
    raise exception 'Chunk % is of no batch that is expected.', number using errcode = 'WL002';
  end if;
  select coalesce(max(c.number), 0) into newest from sync_chunk c;
  if exists (select from sync_chunk c where c.number = sync_stage.number and c.sha256 = sync_stage.sha256) then return newest; end if;
  if number <> newest + 1 then
    raise exception 'Chunk % came after chunk %.', number, newest using errcode = 'WL002';
  end if;
  insert into sync_chunk (number, last_seq, n, sha256, body) values (number, last_seq, n, sha256, body);
  return number;
end
$$;

-- Applies the batch that has arrived, by the same function as every other way, in the caller's transaction.
create function sync_apply_chunks(of uuid, given_first bigint, given_final bigint) returns bigint language plpgsql as
$$
declare b sync_batch; c record; total bigint := 0;
begin
  perform pg_advisory_xact_lock(sync_lock_key('chunks'));
  select * into b from sync_batch;
  if b.manifest is null or b.manifest->>'incarnation' <> of::text or (b.manifest->>'first')::bigint <> given_first or (b.manifest->>'final')::bigint <> given_final then
    raise exception 'Ticks % to % are not what has arrived.', given_first, given_final using errcode = 'WL002';
  end if;
  for c in select number from sync_chunk order by number loop
    insert into sync_staging (seq, layout, op, pk, img)
    select (e->>0)::bigint, (e->>1)::integer, (e->>2)::"char", e->>3, case when jsonb_typeof(e->4) = 'null' then null else e->4 end
    from sync_chunk s, jsonb_array_elements(s.body::jsonb) e where s.number = c.number;
  end loop;
  select coalesce(sum(n), 0) into total from sync_chunk;
  perform sync_apply(b.manifest);
  delete from sync_chunk;
  delete from sync_batch;
  return total;
end
$$;

-- ---------------------------------------------------------------- tables made equal by key ranges

create function sync_range_condition(full_name text, key_order text, keys text[], after jsonb, upto jsonb) returns text language sql stable as
$$
  select case when after is null then 'true' else sync_key_beyond(full_name, key_order, keys, after, '>') end
    || ' and ' || case when upto is null then 'true' else sync_key_beyond(full_name, key_order, keys, upto, '<=') end
$$;

-- Count and checksum of a table's rows beyond `after` up to `upto` (null: the end), and the rows themselves where
-- they are wanted, all of one snapshot.
create function sync_range(name text, after jsonb, upto jsonb, with_rows boolean, out n bigint, out sum text, out rows text)
returns record language plpgsql stable
set timezone = 'UTC' set datestyle = 'ISO, YMD' set intervalstyle = 'postgres' set extra_float_digits = 1 set bytea_output = 'hex' as
$$
declare
  t record;
  full_name text := format('%I.%I', current_schema(), name);
begin
  select s.* into t from sync_tables() s where s.table_name = name;
  if t.table_name is null then raise exception 'Table % is not here.', name using errcode = 'WL409'; end if;
  execute format(
    'select count(*), coalesce(sum((''x'' || left(md5(row(%s)::text), 16))::bit(64)::bigint::numeric), 0)::text, %s from %s t where %s',
    (select string_agg(format('t.%I', key), ', ' order by key collate "C") from jsonb_object_keys(t.columns) key),
    case when with_rows then format('coalesce(jsonb_agg(to_jsonb(t.*) - %L::text[]), ''[]'')::text', t.generated) else 'null' end,
    full_name, sync_range_condition(full_name, sync_key_order(t.oid, t.keys, 't'), t.keys, after, upto))
    into n, sum, rows;
end
$$;

-- The next `size` rows of a table: where they end, and their `sync_range`.
create function sync_next_range(name text, after jsonb, size integer, with_rows boolean, out upto jsonb, out n bigint, out sum text, out rows text)
returns record language plpgsql stable as
$$
declare
  t record;
  full_name text := format('%I.%I', current_schema(), name);
  key_order text;
begin
  select s.* into t from sync_tables() s where s.table_name = name;
  if t.table_name is null then raise exception 'Table % is not here.', name using errcode = 'WL409'; end if;
  key_order := sync_key_order(t.oid, t.keys, 't');
  execute format('select %s from (select %s from %s t where %s order by %s offset %s limit 1) e',
    sync_key_object(t.keys, 'e'), sync_key_list(t.keys, 't'), full_name,
    sync_range_condition(full_name, key_order, t.keys, after, null), key_order, size - 1) into upto;
  select r.n, r.sum, r.rows into n, sum, rows from sync_range(name, after, upto, with_rows) r;
end
$$;

-- Puts `given` in the place of a table's rows in a range. On a copy alone: a primary's rows come from people.
create function sync_replace_range(name text, after jsonb, upto jsonb, given jsonb) returns void language plpgsql as
$$
declare
  t record;
  full_name text := format('%I.%I', current_schema(), name);
  listed text;
begin
  if (select role from sync_state) <> 'copy' then
    raise exception 'Rows are put in place on a copy alone.' using errcode = 'WL012';
  end if;
  select s.* into t from sync_tables() s where s.table_name = name;
  select string_agg(quote_ident(key), ', ' order by key) into listed from jsonb_object_keys(t.columns) key;
  execute format('delete from %s t where %s', full_name,
    sync_range_condition(full_name, sync_key_order(t.oid, t.keys, 't'), t.keys, after, upto));
  execute format('insert into %s (%s) overriding system value select %s from jsonb_populate_recordset(null::%s, $1)', full_name, listed, listed, full_name)
    using given;
end
$$;

-- What numbers are issued by, and the last one of each.
create function sync_sequences() returns jsonb language plpgsql stable as
$$
declare s record; last bigint; found_all jsonb := '{}';
begin
  for s in select relname::text as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'S' and relname not like 'sync\_%' loop
    last := pg_sequence_last_value(format('%I.%I', current_schema(), s.name)::regclass);
    if last is not null then found_all := found_all || jsonb_build_object(s.name, last::text); end if;
  end loop;
  return found_all;
end
$$;

-- Moves each past the number given and its own; never back.
create function sync_move_sequences(given jsonb, further bigint) returns void language plpgsql as
$$
declare s record; own bigint;
begin
  for s in select key as name, value::bigint as last from jsonb_each_text(given) loop
    if to_regclass(format('%I.%I', current_schema(), s.name)) is null then continue; end if;
    own := coalesce(pg_sequence_last_value(format('%I.%I', current_schema(), s.name)::regclass), 0);
    if own < s.last + further then perform setval(format('%I.%I', current_schema(), s.name)::regclass, s.last + further); end if;
  end loop;
end
$$;

-- The primary that was made equal to this copy takes over: what follows comes from it, and no table comes again.
create function sync_follow(of uuid, tick bigint, tick_mark uuid, tick_at timestamptz) returns void language plpgsql as
$$
begin
  update sync_state set incarnation = of, last_tick = tick, last_mark = tick_mark, last_tick_at = tick_at, applied_at = clock_timestamp(),
    filling = false, fill = '{}', verified_tick = null, verified_at = null, verified_equal = null
  where role = 'copy' and (incarnation is distinct from of);
end
$$;

do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature from pg_proc p where p.pronamespace = current_schema()::regnamespace and p.proname like 'sync\_%' loop
    execute format('revoke all on function %s from public', f.signature);
  end loop;
end
$$;
