-- How a hospital's changes reach its online copy: a log written by triggers inside the hospital's own
-- transactions, cut into ticks by snapshots, applied on the copy exactly once. The engine is server/sync.
-- Unqualified names lie in the hospital's schema. No statement here needs a superuser: the maintenance role
-- owns the tables, which is enough.

-- ---------------------------------------------------------------- what is kept

-- A larger cache would hand numbers to sessions in blocks and break the order of changes to one row.
create sequence sync_seq cache 1;
-- Which log table is written: 0, 1 or 2; 3 is none (no copy, or the log grew past its cap). A sequence,
-- because it is read without a lock or a snapshot by every captured statement.
create sequence sync_slot minvalue 0;
select setval('sync_slot', 0);

-- op: I, U, D as they happened; B and X are an image and a deletion found by looking (a refill, a repair),
-- which lose to any I, U or D of the same batch; R says that a key range has been looked through.
create table sync_log_0 (
  seq bigint not null default nextval('sync_seq'),
  xid xid8 not null default pg_current_xact_id(),
  layout integer not null,
  op "char" not null,
  pk text not null,
  img jsonb
);
create index sync_log_0_order on sync_log_0 (xid, seq);
create table sync_log_1 (like sync_log_0 including defaults);
create index sync_log_1_order on sync_log_1 (xid, seq);
create table sync_log_2 (like sync_log_0 including defaults);
create index sync_log_2_order on sync_log_2 (xid, seq);
create view sync_log as
  select * from sync_log_0 union all select * from sync_log_1 union all select * from sync_log_2;

-- A column set that a table has or had. The copy keeps its own history too: an image's column that the copy
-- has never known means that the primary's schema is ahead; one it once knew has been dropped.
create table sync_layout (
  id integer generated always as identity primary key,
  table_name text not null,
  columns jsonb not null,
  keys text[] not null,
  current boolean not null default true,
  noted_at timestamptz not null default clock_timestamp()
);
create unique index sync_layout_current on sync_layout (table_name) where current;

create table sync_tick (
  id bigint primary key,
  mark uuid not null default gen_random_uuid(),
  snap pg_snapshot not null,
  at timestamptz not null default clock_timestamp(),
  n bigint not null,
  whole boolean not null,
  sums jsonb
);

create table sync_state (
  id boolean primary key default true check (id),
  role text not null default 'unset' check (role in ('unset', 'primary', 'copy')),
  incarnation uuid,
  -- which server and database this was when it took its role: a clone elsewhere is noticed
  identity text,
  -- the primary's side
  acked_tick bigint not null default 0,
  acked_at timestamptz,
  reseed_wanted text,
  -- transactions that were writing when capture was turned on; none may be left when a fill begins
  capture_after text[],
  parked_code text,
  parked_reason text,
  parked_at timestamptz,
  -- the copy's side
  last_tick bigint not null default 0,
  last_mark uuid,
  last_tick_at timestamptz,
  applied_at timestamptz,
  filling boolean not null default false,
  fill jsonb not null default '{}',
  -- both
  verified_tick bigint,
  verified_at timestamptz,
  verified_equal boolean
);
insert into sync_state default values;

-- Tables that are still to be shipped whole, and how far that has come.
create table sync_refill (
  table_name text primary key,
  after jsonb,
  reason text not null,
  asked_at timestamptz not null default clock_timestamp()
);

-- The batch that is being applied; filled and emptied inside the applying transaction.
create unlogged table sync_staging (seq bigint, layout integer, op "char", pk text, img jsonb);

-- ---------------------------------------------------------------- which tables

-- The one list of tables that stay on their node: sign-ins and what only matters to the machine asked.
create function sync_local_tables() returns text[] language sql immutable as
$$ select array['sessions', 'refresh_tokens', 'idempotency_keys', 'import_uploads'] $$;

-- Every table that is synced, with its insertable columns (name: type), its key, and what an image leaves out.
create function sync_tables(
  out table_name text, out oid oid, out columns jsonb, out keys text[], out generated text[], out json_column text
) returns setof record language sql stable as
$$
  select c.relname::text, c.oid, a.columns, coalesce(k.keys, '{}'), coalesce(a.generated, '{}'), a.json_column
  from pg_class c
  cross join lateral (
    select jsonb_object_agg(attname, format_type(atttypid, atttypmod)) filter (where attgenerated = '') as columns,
           array_agg(attname::text order by attnum) filter (where attgenerated <> '') as generated,
           min(attname::text) filter (where atttypid = 'json'::regtype) as json_column
    from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) a
  left join lateral (
    select array_agg(att.attname::text order by key.position) as keys
    from pg_index i
    cross join lateral unnest(i.indkey::int2[]) with ordinality as key(attnum, position)
    join pg_attribute att on att.attrelid = i.indrelid and att.attnum = key.attnum
    where i.indrelid = c.oid and i.indisprimary) k on true
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname not like 'sync\_%' and c.relname <> 'schema_migration' and c.relname <> all (sync_local_tables())
  order by c.relname collate "C"
$$;

-- Text of a row's key: the value itself, or a JSON array of several.
create function sync_key_text(keys text[], alias text) returns text language sql immutable as
$$
  select case when cardinality(keys) = 1 then format('%s.%I::text', alias, keys[1])
    else 'jsonb_build_array(' || (select string_agg(format('%s.%I', alias, key), ', ') from unnest(keys) key) || ')::text' end
$$;

create function sync_key_object(keys text[], alias text) returns text language sql immutable as
$$ select 'jsonb_build_object(' || (select string_agg(format('%L, %s.%I', key, alias, key), ', ') from unnest(keys) key) || ')' $$;

create function sync_key_match(keys text[], one text, other text) returns text language sql immutable as
$$ select (select string_agg(format('%s.%I = %s.%I', one, key, other, key), ' and ') from unnest(keys) key) $$;

create function sync_key_list(keys text[], alias text) returns text language sql immutable as
$$ select (select string_agg(format('%s.%I', alias, key), ', ') from unnest(keys) key) $$;

-- The key as an order that both servers share whatever their collation.
create function sync_key_order(table_oid oid, keys text[], alias text) returns text language sql stable as
$$
  select string_agg(format('%s.%I%s', alias, key, case when att.attcollation <> 0 then ' collate "C"' else '' end), ', ' order by position)
  from unnest(keys) with ordinality as k(key, position)
  join pg_attribute att on att.attrelid = table_oid and att.attname = key
$$;

-- ---------------------------------------------------------------- capture

create function sync_refuse_truncate() returns trigger language plpgsql as
$$
begin
  raise exception 'Table % is copied row by row; delete its rows instead of truncating it.', tg_table_name
    using errcode = 'WL010';
end
$$;

-- Fires before an update that names key columns: from here to the end of the transaction, capture looks again
-- at each row instead of trusting the statement's own images. So do statements run by other triggers (below).
create function sync_careful() returns trigger language plpgsql as
$$
begin
  perform set_config('wardline.sync_careful', 'on', true);
  return null;
end
$$;

-- The capture function of one table, as text.
create function sync_capture_source(name text, layout integer, keys text[], generated text[]) returns text language plpgsql stable as
$$
declare
  full_name text := format('%I.%I', current_schema(), name);
  -- n.*, not n: a table may have a column n.
  image text := 'to_jsonb(%s.*)' || case when generated = '{}' then '' else format(' - %L::text[]', generated) end;
  head text := 'insert into ' || quote_ident(current_schema()) || '.sync_log_%s (layout, op, pk, img) ';
  plain_insert text := format('select %s, ''I'', %s, %s from new_rows n', layout, sync_key_text(keys, 'n'), format(image, 'n'));
  plain_update text := format('select %s, ''U'', %s, %s from new_rows n', layout, sync_key_text(keys, 'n'), format(image, 'n'));
  plain_delete text := format('select %s, ''D'', %s, %s from old_rows o', layout, sync_key_text(keys, 'o'), sync_key_object(keys, 'o'));
  again text := format(
    'select %s, case when t.%I is null then ''D'' else ''U'' end, %s, case when t.%I is null then %s else %s end from (%%s) k left join %s t on %s',
    layout, keys[1], sync_key_text(keys, 'k'), keys[1], sync_key_object(keys, 'k'), format(image, 't'),
    full_name, sync_key_match(keys, 't', 'k'));
  from_new text := format('select %s from new_rows n', sync_key_list(keys, 'n'));
  from_old text := format('select %s from old_rows o', sync_key_list(keys, 'o'));
  body text := '';
begin
  for slot in 0..2 loop
    body := body || format(
      E'  %s slot = %s then\n    if careful then\n'
      '      if tg_op = ''INSERT'' then %s;\n      elsif tg_op = ''UPDATE'' then %s;\n      else %s; end if;\n'
      '    elsif tg_op = ''INSERT'' then %s;\n    elsif tg_op = ''UPDATE'' then %s;\n    else %s; end if;\n',
      case slot when 0 then 'if' else 'elsif' end, slot,
      format(head, slot) || format(again, from_new),
      format(head, slot) || format(again, from_new || ' union ' || from_old),
      format(head, slot) || format(again, from_old),
      format(head, slot) || plain_insert, format(head, slot) || plain_update, format(head, slot) || plain_delete);
  end loop;
  return format(
    E'declare\n  slot bigint := pg_sequence_last_value(%L::regclass);\n'
    '  careful boolean := coalesce(current_setting(''wardline.sync_careful'', true), '''') = ''on'';\nbegin\n'
    '  if pg_trigger_depth() > 1 and not careful then\n'
    '    careful := true;\n    perform set_config(''wardline.sync_careful'', ''on'', true);\n  end if;\n%s  end if;\n  return null;\nend',
    format('%I.sync_slot', current_schema()), body);
end
$$;

create function sync_function_name(table_name text) returns text language sql immutable as
$$
  select case when length(table_name) <= 48 then 'sync_capture_' || table_name
    else 'sync_capture_' || left(table_name, 38) || '_' || left(md5(table_name), 8) end
$$;

-- Puts capture on every synced table and takes note of changed column sets. Run at the end of each migration;
-- running it again changes nothing. Answers the number of synced tables.
create function sync_install_capture() returns integer language plpgsql as
$$
declare
  t record;
  known sync_layout;
  layout integer;
  total integer := 0;
  function_name text;
  full_name text;
  source text;
  the_role text := (select role from sync_state);
begin
  for t in select * from sync_tables() loop
    total := total + 1;
    if t.keys = '{}' then
      raise exception 'Table % has no primary key and could not be synced.', t.table_name using errcode = 'WL011';
    end if;
    if t.json_column is not null then
      raise exception 'Column % of table % is json, which loses its spelling on the way; make it jsonb.', t.json_column, t.table_name
        using errcode = 'WL011';
    end if;
    full_name := format('%I.%I', current_schema(), t.table_name);
    function_name := sync_function_name(t.table_name);
    select * into known from sync_layout l where l.table_name = t.table_name and l.current;
    if found and known.columns = t.columns and known.keys = t.keys then
      layout := known.id;
    else
      update sync_layout l set current = false where l.table_name = t.table_name and l.current;
      insert into sync_layout (table_name, columns, keys) values (t.table_name, t.columns, t.keys) returning id into layout;
      -- A migration may have filled the new columns where no image says so: ship the table again. A table that
      -- is new may have been filled before this moment.
      if the_role <> 'copy' then
        insert into sync_refill (table_name, reason) values (t.table_name, 'layout')
          on conflict (table_name) do update set after = null, reason = 'layout', asked_at = clock_timestamp();
      end if;
    end if;
    source := sync_capture_source(t.table_name, layout, t.keys, t.generated);
    if not exists (select from pg_proc where pronamespace = current_schema()::regnamespace and proname = function_name and prosrc = source) then
      execute format(
        'create or replace function %I.%I() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as %L',
        current_schema(), function_name, source);
      execute format('revoke all on function %I.%I() from public', current_schema(), function_name);
    end if;
    if not exists (select from pg_trigger where tgrelid = t.oid and tgname = 'sync_truncate') then
      execute format('create trigger sync_insert after insert on %s referencing new table as new_rows for each statement execute function %I()', full_name, function_name);
      execute format('create trigger sync_update after update on %s referencing old table as old_rows new table as new_rows for each statement execute function %I()', full_name, function_name);
      execute format('create trigger sync_delete after delete on %s referencing old table as old_rows for each statement execute function %I()', full_name, function_name);
      execute format('create trigger sync_truncate before truncate on %s for each statement execute function sync_refuse_truncate()', full_name);
    end if;
    if known.keys is distinct from t.keys then
      execute format('drop trigger if exists sync_rekey on %s', full_name);
      execute format('create trigger sync_rekey before update of %s on %s for each statement execute function sync_careful()',
        (select string_agg(quote_ident(key), ', ') from unnest(t.keys) key), full_name);
    end if;
  end loop;
  update sync_layout l set current = false where l.current and not exists (select from sync_tables() s where s.table_name = l.table_name);
  delete from sync_refill r where not exists (select from sync_tables() s where s.table_name = r.table_name);
  if the_role = 'copy' then perform sync_quiet(); end if;
  return total;
end
$$;

-- ---------------------------------------------------------------- roles of a database

-- On a copy the rows are the truth: no trigger may act on them, and no foreign key needs asking again or may
-- cascade. Both may be done, and undone, by the owner of the tables.
create function sync_quiet() returns void language plpgsql as
$$
declare t record; f record;
begin
  for t in select * from sync_tables() loop
    if exists (select from pg_trigger where tgrelid = t.oid and not tgisinternal and tgenabled <> 'D') then
      execute format('alter table %I.%I disable trigger user', current_schema(), t.table_name);
    end if;
    for f in select conname from pg_constraint where conrelid = t.oid and contype = 'f' and conenforced and conparentid = 0 loop
      execute format('alter table %I.%I alter constraint %I not enforced', current_schema(), t.table_name, f.conname);
    end loop;
  end loop;
end
$$;

create function sync_wake() returns void language plpgsql as
$$
declare t record; f record;
begin
  for t in select * from sync_tables() loop
    for f in select conname from pg_constraint where conrelid = t.oid and contype = 'f' and not conenforced and conparentid = 0 loop
      execute format('alter table %I.%I alter constraint %I enforced', current_schema(), t.table_name, f.conname);
    end loop;
    if exists (select from pg_trigger where tgrelid = t.oid and not tgisinternal and tgenabled = 'D') then
      execute format('alter table %I.%I enable trigger user', current_schema(), t.table_name);
    end if;
  end loop;
end
$$;

create function sync_identity() returns text language sql volatile as
$$
  select s.system_identifier || ':' || d.oid || ':' || current_schema()
  from pg_control_system() s, pg_database d where d.datname = current_database()
$$;

-- Makes this database the hospital's writer or its copy. A primary gets a new incarnation, the writer epoch:
-- whatever followed the old one follows this only after a reseed.
create function sync_become(kind text) returns uuid language plpgsql as
$$
declare was text; now_is uuid := gen_random_uuid();
begin
  perform pg_advisory_xact_lock(sync_lock_key('tick'));
  select role into was from sync_state for update;
  if kind = 'primary' then
    if was = 'copy' then
      perform sync_wake();
      perform setval('sync_slot', 0);
    end if;
    update sync_state set role = 'primary', incarnation = now_is, identity = sync_identity(), acked_tick = 0, acked_at = null,
      reseed_wanted = coalesce(reseed_wanted, 'new-primary'), capture_after = null, parked_code = null, parked_reason = null, parked_at = null,
      last_tick = 0, last_mark = null, filling = false, fill = '{}', verified_tick = null, verified_at = null, verified_equal = null;
    return now_is;
  elsif kind = 'copy' then
    perform sync_quiet();
    perform setval('sync_slot', 3);
    truncate sync_log_0, sync_log_1, sync_log_2, sync_tick, sync_refill, sync_staging;
    update sync_state set role = 'copy', incarnation = null, identity = sync_identity(), acked_tick = 0, acked_at = null, reseed_wanted = null,
      capture_after = null, last_tick = 0, last_mark = null, last_tick_at = null, filling = true, fill = '{}',
      verified_tick = null, verified_at = null, verified_equal = null;
    return null;
  end if;
  raise exception 'A database becomes primary or copy, not %.', kind using errcode = 'WL012';
end
$$;

-- ---------------------------------------------------------------- ticks, on the primary

create function sync_lock_key(what text) returns bigint language sql stable as
$$ select hashtextextended(current_schema() || ':wardline.sync.' || what, 0) $$;

-- The rows of the log that became visible between two snapshots. `seq` orders them; it is no cursor.
create function sync_members(p pg_snapshot, c pg_snapshot) returns setof sync_log language sql stable as
$$
  select * from sync_log
  where ((xid >= pg_snapshot_xmax(p) and xid < pg_snapshot_xmax(c)) or xid = any (array(select pg_snapshot_xip(p))))
    and pg_visible_in_snapshot(xid, c)
$$;

-- Cuts a tick at `given` (a snapshot taken after the tick lock), or now. Unless there is something to ship or
-- the newest tick is older than `heartbeat`, cuts nothing. Answers the newest tick.
create function sync_cut_tick(heartbeat interval, given pg_snapshot default null) returns bigint language plpgsql as
$$
declare last sync_tick; c pg_snapshot; rows_in bigint := 0;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'A tick is cut in a read committed transaction.' using errcode = 'WL013';
  end if;
  -- Its own statement: the snapshot below must be taken after the lock, or ticks could run backwards.
  perform pg_advisory_xact_lock(sync_lock_key('tick'));
  set local synchronous_commit = on;
  select * into last from sync_tick order by id desc limit 1;
  c := coalesce(given, pg_current_snapshot());
  if last.id is not null then
    select count(*) into rows_in from sync_members(last.snap, c);
    if given is null and rows_in = 0 and last.at > clock_timestamp() - heartbeat then return last.id; end if;
  end if;
  insert into sync_tick (id, snap, n, whole)
  values (coalesce(last.id, (select acked_tick from sync_state)) + 1, c, rows_in, not exists (select from sync_refill));
  return coalesce(last.id, (select acked_tick from sync_state)) + 1;
end
$$;

create function sync_row_hash(seq bigint, layout integer, op "char", pk text, img jsonb) returns numeric language sql immutable as
$$ select ('x' || left(md5(seq::text || ' ' || layout::text || ' ' || op::text || ' ' || pk || ' ' || coalesce(img::text, '')), 16))::bit(64)::bigint::numeric $$;

-- What the copy must find staged: ticks `first` to `final`, cut as one.
create function sync_manifest(first bigint, final bigint) returns jsonb language sql stable as
$$
  with bounds as (
    select p.snap as p, c.snap as c, c.mark, c.at, c.whole from sync_tick p, sync_tick c where p.id = first - 1 and c.id = final),
  -- The layout's number is repeated in no manifest: the copy needs names.
  found as (
    select m.layout, count(*) as n, sum(m.seq) as seqs, sum(sync_row_hash(m.seq, m.layout, m.op, m.pk, m.img)) as hashes
    from bounds b, lateral sync_members(b.p, b.c) m group by m.layout)
  select jsonb_build_object(
    'incarnation', (select incarnation from sync_state), 'first', first, 'final', final,
    'mark', b.mark, 'at', b.at, 'whole', b.whole, 'from_snap', b.p::text, 'to_snap', b.c::text,
    'n', coalesce((select sum(n) from found), 0), 'seqs', coalesce((select sum(seqs) from found), 0)::text,
    'hashes', coalesce((select sum(hashes) from found), 0)::text,
    'layouts', coalesce((
      select jsonb_object_agg(l.id, jsonb_build_object('table', l.table_name, 'columns', l.columns, 'keys', l.keys))
      from sync_layout l where l.id in (select layout from found)), '{}'))
  from bounds b
$$;

-- Takes note of what the copy has applied; never backwards.
create function sync_acknowledge(tick bigint) returns void language sql as
$$
  update sync_state set acked_tick = greatest(acked_tick, tick), acked_at = clock_timestamp(),
    parked_code = null, parked_reason = null, parked_at = null;
  delete from sync_tick where id < (select acked_tick from sync_state) - 100;
$$;

-- Rows not yet on the copy.
create function sync_waiting() returns bigint language sql volatile as
$$
  select coalesce((select sum(t.n) from sync_tick t, sync_state s where t.id > s.acked_tick), 0)::bigint
    + coalesce((select (select count(*) from sync_members(t.snap, pg_current_snapshot())) from sync_tick t order by t.id desc limit 1), 0)
$$;

-- Turns capture off and forgets the log: the rows are in the tables, and a reseed ships them. The first call
-- takes note of that, a later one turns the log off: the switch is not undone with a transaction, so it may only
-- be thrown once the note is committed.
create function sync_drop_log(why text) returns void language plpgsql as
$$
begin
  perform pg_advisory_xact_lock(sync_lock_key('tick'));
  if (select reseed_wanted is null from sync_state) then
    update sync_state set reseed_wanted = why;
  else
    perform setval('sync_slot', 3);
  end if;
end
$$;

-- Empties log tables that hold nothing the copy lacks, by TRUNCATE and only where nobody has to wait for it, and
-- turns to the next one when the current one has grown past `turn_at` bytes. Past `cap` bytes the log is dropped.
-- Answers the bytes that remain.
create function sync_retain(turn_at bigint, cap bigint) returns bigint language plpgsql as
$$
declare
  slot integer;
  s sync_state;
  applied pg_snapshot;
  log_table text;
  holds boolean;
  total bigint := 0;
begin
  -- Alone with the slot: turned on in between, a table would be emptied of what was just captured.
  perform pg_advisory_xact_lock(sync_lock_key('tick'));
  slot := pg_sequence_last_value('sync_slot'::regclass);
  select * into s from sync_state;
  select snap into applied from sync_tick where id = s.acked_tick;
  for i in 0..2 loop
    log_table := format('%I.sync_log_%s', current_schema(), i);
    if i <> slot and pg_relation_size(log_table) > 0 then
      begin
        -- NOWAIT: a writer that waited behind this lock would be a nurse who waits.
        execute format('lock table %s in access exclusive mode nowait', log_table);
        if s.reseed_wanted is not null and slot = 3 then
          holds := false;
        elsif applied is null then
          holds := true;
        else
          execute format('select exists (select from %s where xid >= pg_snapshot_xmin($1) and not pg_visible_in_snapshot(xid, $1))', log_table)
            into holds using applied;
        end if;
        if not holds then execute format('truncate %s', log_table); end if;
      exception when lock_not_available then
        null; -- a transaction still writes here; the next pass tries again
      end;
    end if;
    total := total + pg_total_relation_size(log_table);
  end loop;
  if slot < 3 and pg_table_size(format('%I.sync_log_%s', current_schema(), slot)) > turn_at
    and pg_relation_size(format('%I.sync_log_%s', current_schema(), (slot + 1) % 3)) = 0 then
    perform setval('sync_slot', (slot + 1) % 3);
  end if;
  -- What is applied goes with the next turns; only rows that wait can grow without end.
  if slot < 3 and total > cap and exists (select from sync_tick where id > s.acked_tick and n > 0) then perform sync_drop_log('log-cap'); end if;
  return total;
end
$$;

-- ---------------------------------------------------------------- shipping whole tables

-- The transactions that have written to a synced table and are still open.
create function sync_writers() returns text[] language sql volatile as
$$
  select array_agg(distinct virtualtransaction) from pg_locks l join sync_tables() t on t.oid = l.relation
  where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
    and l.database = (select d.oid from pg_database d where d.datname = current_database())
$$;

-- Asks for every table to be shipped again, and turns capture on where it was off. A base tick may be cut once
-- no transaction of `capture_after` is left.
create function sync_want_reseed(why text) returns void language plpgsql as
$$
declare empty integer;
begin
  perform pg_advisory_xact_lock(sync_lock_key('tick'));
  -- A reseed that is wanted already may have turned capture on and been cut short: look at the writers again.
  if pg_sequence_last_value('sync_slot'::regclass) = 3 or (select reseed_wanted is not null from sync_state) then
    if pg_sequence_last_value('sync_slot'::regclass) = 3 then
      select min(i) into empty from generate_series(0, 2) i where pg_relation_size(format('%I.sync_log_%s', current_schema(), i)) = 0;
      perform setval('sync_slot', coalesce(empty, 0));
    end if;
    -- Read after the slot is set: who takes a table's lock later also captures.
    update sync_state set capture_after = sync_writers();
  end if;
  update sync_state set reseed_wanted = why;
  delete from sync_refill;
  insert into sync_refill (table_name, reason) select table_name, why from sync_tables();
end
$$;

-- Logs the next `size` rows of the tables that are to be shipped whole. No row is locked: while the tick lock is
-- held no tick can be cut between this look at the rows and its commit, so whatever changes after the look is in
-- the same batch or a later one, and wins. Answers the rows logged, null when nothing is left.
create function sync_fill_chunk(size integer) returns integer language plpgsql as
$$
declare
  f sync_refill;
  t record;
  upto jsonb;
  layout integer;
  slot bigint;
  full_name text;
  key_order text;
  beyond text := 'true';
  within text := 'true';
  logged integer;
begin
  perform pg_advisory_xact_lock(sync_lock_key('tick'));
  select * into f from sync_refill order by table_name collate "C" limit 1;
  if not found then return null; end if;
  slot := pg_sequence_last_value('sync_slot'::regclass);
  if slot > 2 then raise exception 'Capture is off; a refill would miss changes.' using errcode = 'WL014'; end if;
  select s.* into t from sync_tables() s where s.table_name = f.table_name;
  select l.id into layout from sync_layout l where l.table_name = f.table_name and l.current;
  if t.table_name is null or layout is null then
    delete from sync_refill where table_name = f.table_name;
    return 0;
  end if;
  full_name := format('%I.%I', current_schema(), t.table_name);
  key_order := sync_key_order(t.oid, t.keys, 't');
  if f.after is not null then beyond := sync_key_beyond(full_name, key_order, t.keys, f.after, '>'); end if;
  execute format('select %s from (select %s from %s t where %s order by %s offset %s limit 1) e',
    sync_key_object(t.keys, 'e'), sync_key_list(t.keys, 't'), full_name, beyond, key_order, size - 1) into upto;
  if upto is not null then within := sync_key_beyond(full_name, key_order, t.keys, upto, '<='); end if;
  execute format(
    'insert into sync_log_%s (layout, op, pk, img) select %s, ''B'', %s, to_jsonb(t.*) - %L::text[] from %s t where %s and %s',
    slot, layout, sync_key_text(t.keys, 't'), t.generated, full_name, beyond, within);
  get diagnostics logged = row_count;
  execute format('insert into sync_log_%s (layout, op, pk, img) values ($1, ''R'', '''', $2)', slot)
    using layout, jsonb_build_object('after', f.after, 'upto', upto);
  if upto is null then delete from sync_refill where table_name = f.table_name;
  else update sync_refill set after = upto where table_name = f.table_name; end if;
  return logged;
end
$$;

-- A condition on a table's key against a key given as JSON, as text: (t.a, t.b) > (…).
create function sync_key_beyond(full_name text, key_order text, keys text[], given jsonb, comparison text) returns text language sql stable as
$$
  select format('(%s) %s (select %s from jsonb_populate_record(null::%s, %L) g)', key_order, comparison, sync_key_list(keys, 'g'), full_name, given)
$$;

-- ---------------------------------------------------------------- on the copy

-- Points the copy at a base tick of a primary; all tables follow by refill.
create function sync_begin_fill(of uuid, tick bigint, tick_mark uuid, tick_at timestamptz) returns void language plpgsql as
$$
begin
  if (select role from sync_state) <> 'copy' then perform sync_become('copy'); end if;
  update sync_state set incarnation = of, last_tick = tick, last_mark = tick_mark, last_tick_at = tick_at, applied_at = clock_timestamp(),
    filling = true, fill = '{}', verified_tick = null, verified_at = null, verified_equal = null;
end
$$;

-- Applies what is staged, in the caller's transaction. WL001: what is staged is not what the primary cut.
-- WL002: this is not the next batch of this incarnation. WL409: the primary's schema is ahead.
create function sync_apply(manifest jsonb) returns void language plpgsql as
$$
declare
  staged record;
  t record;
begin
  select count(*) as n, coalesce(sum(seq), 0) as seqs, coalesce(sum(sync_row_hash(seq, layout, op, pk, img)), 0) as hashes
    into staged from sync_staging;
  if staged.n <> (manifest->>'n')::bigint or staged.seqs <> (manifest->>'seqs')::numeric or staged.hashes <> (manifest->>'hashes')::numeric then
    raise exception 'Staged % of % rows of ticks % to %, or others.', staged.n, manifest->>'n', manifest->>'first', manifest->>'final'
      using errcode = 'WL001';
  end if;
  update sync_state set last_tick = (manifest->>'final')::bigint, last_mark = (manifest->>'mark')::uuid,
    last_tick_at = (manifest->>'at')::timestamptz, applied_at = clock_timestamp()
  where role = 'copy' and incarnation = (manifest->>'incarnation')::uuid and last_tick = (manifest->>'first')::bigint - 1;
  if not found then
    raise exception 'Ticks % to % do not follow what is applied.', manifest->>'first', manifest->>'final' using errcode = 'WL002';
  end if;
  set constraints all deferred;
  -- A batch of 20,000 images is sorted in memory, not on the disk.
  set local work_mem = '32MB';
  -- A handful of rows needs no statistics; many without them would be joined by nested loops over the whole table.
  if staged.n > 2000 then analyze sync_staging (seq, layout, op); end if;
  for t in
    select value->>'table' as name, array_agg(key::integer order by key::integer) as layouts
    from jsonb_each(manifest->'layouts') group by 1 order by 1
  loop
    perform sync_apply_table(t.name, t.layouts, manifest->'layouts');
  end loop;
  set constraints all immediate;
  if staged.n > 1000 then truncate sync_staging; elsif staged.n > 0 then delete from sync_staging; end if;
  update sync_state set filling = false, fill = '{}' where filling and (manifest->>'whole')::boolean;
end
$$;

create function sync_apply_table(name text, layouts integer[], described jsonb) returns void language plpgsql as
$$
declare
  t record;
  r record;
  full_name text := format('%I.%I', current_schema(), name);
  unknown text;
  -- The last word on each key: what happened before what was only looked at, then the newest.
  winners text := format(
    'select distinct on (pk) layout, op, img from sync_staging where layout = any (%L::integer[]) and op <> ''R'' order by pk, op in (''B'', ''X''), seq desc', layouts);
  deletes boolean;
  deleting text;
  key_order text;
begin
  select s.* into t from sync_tables() s where s.table_name = name;
  if t.table_name is null then
    if exists (select from sync_layout where table_name = name) then return; end if;
    raise exception 'Table % is not here yet.', name using errcode = 'WL409';
  end if;
  select string_agg(distinct c.key, ', ') into unknown
  from unnest(layouts) l, jsonb_each(described->l::text->'columns') c
  where not t.columns ? c.key
    and not exists (select from sync_layout own where own.table_name = name and own.columns ? c.key);
  if unknown is not null then
    raise exception 'Table % has no column % here yet.', name, unknown using errcode = 'WL409';
  end if;

  key_order := sync_key_order(t.oid, t.keys, 't');
  for r in select img from sync_staging where layout = any (layouts) and op = 'R' order by seq loop
    execute format(
      'delete from %s t where %s and %s and not exists (select from sync_staging s where s.layout = any ($1) and s.op <> ''R'' and s.pk = %s)',
      full_name,
      case when r.img->'after' = 'null' then 'true' else sync_key_beyond(full_name, key_order, t.keys, r.img->'after', '>') end,
      case when r.img->'upto' = 'null' then 'true' else sync_key_beyond(full_name, key_order, t.keys, r.img->'upto', '<=') end,
      sync_key_text(t.keys, 't')) using layouts;
    update sync_state set fill = fill || jsonb_build_object(name, r.img->'upto') where filling;
  end loop;

  select exists (select from sync_staging where layout = any (layouts) and op in ('D', 'X')) into deletes;
  deleting := format(
    'with w as materialized (%s) delete from %s t using w, lateral jsonb_populate_record(null::%s, w.img) r where %%s and %s',
    winners, full_name, full_name, sync_key_match(t.keys, 't', 'r'));
  if deletes then execute format(deleting, 'w.op in (''D'', ''X'')'); end if;
  begin
    perform sync_upsert(name, t.columns, t.keys, t.oid, layouts, described, winners);
  exception when unique_violation or exclusion_violation then
    -- Two rows exchanged something unique. Rows changed in the batch make way first, then all come back: at the
    -- end of a batch the primary had no conflict, so none can remain among them.
    perform sync_keep_own_columns(name, t.columns, t.keys, layouts, described);
    execute format(deleting, 'true');
    begin
      perform sync_upsert(name, t.columns, t.keys, t.oid, layouts, described, winners);
    exception when unique_violation or exclusion_violation then
      -- While a copy is being filled, what lies beyond the filled range may be stale, and will come again.
      if not (select filling from sync_state) or (select fill->name = 'null' from sync_state) then raise; end if;
      execute format('delete from %s t where %s', full_name,
        (select case when fill->name is null then 'true' else sync_key_beyond(full_name, key_order, t.keys, fill->name, '>') end from sync_state));
      perform sync_upsert(name, t.columns, t.keys, t.oid, layouts, described, winners);
    end;
    perform sync_return_own_columns(name, t.columns, t.keys, layouts, described);
  end;
end
$$;

-- A column that only the copy has is left alone by an update: take its values along before a row makes way.
create function sync_keep_own_columns(name text, columns jsonb, keys text[], layouts integer[], described jsonb) returns void language plpgsql as
$$
declare l integer; own text[];
begin
  foreach l in array layouts loop
    select array_agg(key) into own from jsonb_object_keys(columns) key where not described->l::text->'columns' ? key;
    if own is not null then
      execute format(
        'update sync_staging s set img = (select jsonb_object_agg(key, value) from jsonb_each(to_jsonb(t.*)) where key = any ($2)) || s.img '
        'from %I.%I t where s.layout = $1 and s.op in (''I'', ''U'', ''B'') and s.pk = %s',
        current_schema(), name, sync_key_text(keys, 't')) using l, own;
    end if;
  end loop;
end
$$;

create function sync_return_own_columns(name text, columns jsonb, keys text[], layouts integer[], described jsonb) returns void language plpgsql as
$$
declare l integer; own text[];
begin
  foreach l in array layouts loop
    select array_agg(key) into own from jsonb_object_keys(columns) key where not described->l::text->'columns' ? key;
    if own is not null then
      execute format(
        'update %1$I.%2$I t set %3$s from (select distinct on (pk) pk, jsonb_populate_record(null::%1$I.%2$I, img) as r from sync_staging '
        'where layout = $1 and img ?& $2 order by pk, seq desc) s where s.pk = %4$s',
        current_schema(), name, (select string_agg(format('%1$I = (s.r).%1$I', c), ', ') from unnest(own) c), sync_key_text(keys, 't'))
        using l, own;
    end if;
  end loop;
end
$$;

create function sync_upsert(name text, columns jsonb, keys text[], table_oid oid, layouts integer[], described jsonb, winners text) returns void language plpgsql as
$$
declare
  l integer;
  shared text[];
  settable text[];
  looked_at boolean;
begin
  foreach l in array layouts loop
    select exists (select from sync_staging where layout = l and op = 'B') into looked_at;
    select array_agg(att.attname::text order by att.attnum),
           array_agg(att.attname::text order by att.attnum) filter (where att.attname <> all (keys) and att.attidentity <> 'a')
      into shared, settable
    from pg_attribute att
    where att.attrelid = table_oid and columns ? att.attname and described->l::text->'columns' ? att.attname;
    execute format(
      'insert into %1$I.%2$I as own (%3$s) overriding system value '
      'select %4$s from (select jsonb_populate_record(null::%1$I.%2$I, w.img) as r from (%5$s) w '
      'where w.layout = %6$s and w.op in (''I'', ''U'', ''B'') offset 0) x on conflict (%7$s) do %8$s',
      current_schema(), name,
      (select string_agg(quote_ident(c), ', ') from unnest(shared) c),
      (select string_agg(format('(x.r).%I', c), ', ') from unnest(shared) c),
      winners, l,
      (select string_agg(quote_ident(c), ', ') from unnest(keys) c),
      case when settable is null then 'nothing'
        else 'update set ' || (select string_agg(format('%1$I = excluded.%1$I', c), ', ') from unnest(settable) c)
          -- Most of what a refill looks at is on the copy already: leave those rows alone.
          || case when looked_at then format(' where row(%s)::text is distinct from row(%s)::text',
               (select string_agg(format('own.%I', c), ', ') from unnest(settable) c),
               (select string_agg(format('excluded.%I', c), ', ') from unnest(settable) c)) else '' end
        end);
  end loop;
end
$$;

-- ---------------------------------------------------------------- proof

-- Count and checksum of every synced table in the caller's snapshot. `given` ({table: [columns]}) says which
-- columns count, so that both sides sum the same; without it, all that are written.
create function sync_checksums(given jsonb default null)
returns table (table_name text, columns jsonb, n bigint, sum numeric) language plpgsql stable
set timezone = 'UTC' set datestyle = 'ISO, YMD' set intervalstyle = 'postgres' set extra_float_digits = 1 set bytea_output = 'hex' as
$$
declare t record;
begin
  for t in
    select s.table_name as name, coalesce(given->s.table_name, (select jsonb_agg(key order by key collate "C") from jsonb_object_keys(s.columns) key)) as cols
    from sync_tables() s where given is null or given ? s.table_name
  loop
    table_name := t.name;
    columns := t.cols;
    execute format(
      'select count(*), coalesce(sum((''x'' || left(md5(row(%s)::text), 16))::bit(64)::bigint::numeric), 0) from %I.%I t',
      (select string_agg(format('t.%I', c), ', ') from jsonb_array_elements_text(t.cols) c), current_schema(), t.name)
      into n, sum;
    return next;
  end loop;
end
$$;

-- Trigger functions and the engine's own: nothing here is for the hospital's role.
do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature from pg_proc p where p.pronamespace = current_schema()::regnamespace and p.proname like 'sync\_%' loop
    execute format('revoke all on function %s from public', f.signature);
  end loop;
end
$$;
