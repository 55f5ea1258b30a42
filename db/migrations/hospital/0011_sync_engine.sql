-- The engine's second form: cheaper capture, reads of the log bounded by its numbers, partitioned tables, and the
-- repair of what a proof finds different. Replaces functions of 0003_sync.sql under their names.

-- ---------------------------------------------------------------- the log

-- An image is written once and read once: json is text that is only checked, and costs its writer half as much.
-- The index that every captured row had to enter is one that only describes ranges of pages, by number.
drop view sync_log cascade;
drop index sync_log_0_order, sync_log_1_order, sync_log_2_order;
alter table sync_log_0 alter column img type json using img::text::json;
alter table sync_log_1 alter column img type json using img::text::json;
alter table sync_log_2 alter column img type json using img::text::json;
create index sync_log_0_numbers on sync_log_0 using brin (seq) with (pages_per_range = 32);
create index sync_log_1_numbers on sync_log_1 using brin (seq) with (pages_per_range = 32);
create index sync_log_2_numbers on sync_log_2 using brin (seq) with (pages_per_range = 32);
create view sync_log as
  select * from sync_log_0 union all select * from sync_log_1 union all select * from sync_log_2;
alter table sync_staging alter column img type json using img::text::json;

-- What the numbers of the log say of a tick: every transaction younger than the one that cut it (`cut_by`) draws
-- numbers above `seq_before`; `seq_low` is below all that is not visible to its snapshot; none that is visible lies
-- above `seq_high`.
alter table sync_tick
  add column cut_by xid8 not null default '0',
  add column seq_before bigint not null default 0,
  add column seq_low bigint not null default 0,
  add column seq_high bigint not null default 9223372036854775807;

-- Rows that a proof found different on the copy, and that were sent again.
create table sync_repair (
  id bigint generated always as identity primary key,
  tick bigint not null,
  table_name text not null,
  pk text,
  found text not null check (found in ('missing', 'extra', 'different', 'table')),
  found_at timestamptz not null default clock_timestamp()
);

-- ---------------------------------------------------------------- keys as text

drop function sync_key_text(text[], text);
-- Text of a row's key: the value itself, or a JSON array of several; the same in every session, so an instant is
-- written in UTC.
create function sync_key_text(table_oid oid, keys text[], alias text) returns text language sql stable as
$$
  select case when count(*) = 1 and not bool_or(timed) then min(format('%s.%I::pg_catalog.text', alias, key))
    else 'pg_catalog.jsonb_build_array(' || string_agg(
      case when zoned then format('pg_catalog.timezone(''UTC'', %s.%I)', alias, key) else format('%s.%I', alias, key) end,
      ', ' order by position) || ')::pg_catalog.text' end
  from (
    select key, position, att.atttypid = 'timestamptz'::regtype as zoned,
      att.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype) as timed
    from unnest(keys) with ordinality as k(key, position)
    join pg_attribute att on att.attrelid = table_oid and att.attname = key) k
$$;

create function sync_key_json(keys text[], alias text) returns text language sql immutable as
$$ select 'pg_catalog.json_build_object(' || (select string_agg(format('%L, %s.%I', key, alias, key), ', ') from unnest(keys) key) || ')' $$;

create or replace function sync_key_match(keys text[], one text, other text) returns text language sql immutable as
$$ select (select string_agg(format('%s.%I operator(pg_catalog.=) %s.%I', one, key, other, key), ' and ') from unnest(keys) key) $$;

-- ---------------------------------------------------------------- capture

drop function sync_capture_source(text, integer, text[], text[]);
-- The capture function of one table, as text. It runs with its owner's rights inside every write of the hospital,
-- and a search path of its own would cost it a tenth of its time: so each name it uses says where it lies.
create function sync_capture_source(table_oid oid, name text, layout integer, keys text[]) returns text language plpgsql stable as
$$
declare
  here text := quote_ident(current_schema());
  full_name text := format('%I.%I', current_schema(), name);
  -- n.*, not n: a table may have a column n.
  image text := 'pg_catalog.row_to_json(%s.*)';
  head text := 'insert into ' || here || '.sync_log_%s (layout, op, pk, img) ';
  plain_insert text := format('select %s, ''I'', %s, %s from new_rows n', layout, sync_key_text(table_oid, keys, 'n'), format(image, 'n'));
  plain_update text := format('select %s, ''U'', %s, %s from new_rows n', layout, sync_key_text(table_oid, keys, 'n'), format(image, 'n'));
  plain_delete text := format('select %s, ''D'', %s, %s from old_rows o', layout, sync_key_text(table_oid, keys, 'o'), sync_key_json(keys, 'o'));
  again text := format(
    'select %s, case when t.%I is null then ''D'' else ''U'' end, %s, case when t.%I is null then %s else %s end from (%%s) k left join %s t on %s',
    layout, keys[1], sync_key_text(table_oid, keys, 'k'), keys[1], sync_key_json(keys, 'k'), format(image, 't'),
    full_name, sync_key_match(keys, 't', 'k'));
  from_new text := format('select %s from new_rows n', sync_key_list(keys, 'n'));
  from_old text := format('select %s from old_rows o', sync_key_list(keys, 'o'));
  careful text := '';
  plain text := '';
begin
  for slot in 0..2 loop
    careful := careful || format(
      E'    %s slot operator(pg_catalog.=) %s then\n'
      '      if tg_op operator(pg_catalog.=) ''INSERT'' then %s;\n      elsif tg_op operator(pg_catalog.=) ''UPDATE'' then %s;\n      else %s; end if;\n',
      case slot when 0 then 'if' else 'elsif' end, slot,
      format(head, slot) || format(again, from_new),
      format(head, slot) || format(again, from_new || ' union ' || from_old),
      format(head, slot) || format(again, from_old));
    plain := plain || format(
      E'  elsif slot operator(pg_catalog.=) %s then\n'
      '    if tg_op operator(pg_catalog.=) ''INSERT'' then %s;\n    elsif tg_op operator(pg_catalog.=) ''UPDATE'' then %s;\n    else %s; end if;\n',
      slot, format(head, slot) || plain_insert, format(head, slot) || plain_update, format(head, slot) || plain_delete);
  end loop;
  return format(
    E'declare\n  slot pg_catalog.int8 := pg_catalog.pg_sequence_last_value(%L::pg_catalog.regclass);\nbegin\n'
    '  if pg_catalog.pg_trigger_depth() operator(pg_catalog.>) 1 or pg_catalog.current_setting(''wardline.sync_careful'', true) operator(pg_catalog.=) ''on'' then\n'
    '    perform pg_catalog.set_config(''wardline.sync_careful'', ''on'', true);\n%s    end if;\n%s  end if;\n  return null;\nend',
    format('%I.sync_slot', current_schema()), careful, plain);
end
$$;

-- Puts the change log's triggers on one table or one partition, where they are missing.
create function sync_put_triggers(full_name text, table_oid oid, function_name text, keys text[]) returns void language plpgsql as
$$
declare
  -- Rows leave it for the partition that is made for them, and are not gone.
  is_rest boolean := exists (select from pg_class where oid = table_oid and pg_get_expr(relpartbound, oid) = 'DEFAULT');
begin
  if not exists (select from pg_trigger where tgrelid = table_oid and tgname = 'sync_truncate') then
    execute format('create trigger sync_insert after insert on %s referencing new table as new_rows for each statement execute function %I()', full_name, function_name);
    execute format('create trigger sync_update after update on %s referencing old table as old_rows new table as new_rows for each statement execute function %I()', full_name, function_name);
    if not is_rest then
      execute format('create trigger sync_delete after delete on %s referencing old table as old_rows for each statement execute function %I()', full_name, function_name);
    end if;
    execute format('create trigger sync_truncate before truncate on %s for each statement execute function sync_refuse_truncate()', full_name);
  end if;
  -- The columns it watches are the key's.
  if not exists (
    select from pg_trigger g where g.tgrelid = table_oid and g.tgname = 'sync_rekey'
      and (select array_agg(att.attname::text order by att.attname) from unnest(g.tgattr::int2[]) a(n) join pg_attribute att on att.attrelid = table_oid and att.attnum = a.n)
        = (select array_agg(key order by key::name) from unnest(keys) key)) then
    execute format('drop trigger if exists sync_rekey on %s', full_name);
    execute format('create trigger sync_rekey before update of %s on %s for each statement execute function sync_careful()',
      (select string_agg(quote_ident(key), ', ') from unnest(keys) key), full_name);
  end if;
end
$$;

create or replace function sync_install_capture() returns integer language plpgsql as
$$
declare
  t record;
  part record;
  known sync_layout;
  layout integer;
  total integer := 0;
  function_name text;
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
    source := sync_capture_source(t.oid, t.table_name, layout, t.keys);
    if not exists (select from pg_proc where pronamespace = current_schema()::regnamespace and proname = function_name and prosrc = source) then
      execute format(
        'create or replace function %I.%I() returns trigger language plpgsql security definer as %L',
        current_schema(), function_name, source);
      execute format('revoke all on function %I.%I() from public', current_schema(), function_name);
    end if;
    perform sync_put_triggers(format('%I.%I', current_schema(), t.table_name), t.oid, function_name, t.keys);
    -- A statement that names a partition fires the partition's own triggers alone; they log it as the table's.
    for part in select p.relid, p.relid::regclass::text as full_name from pg_partition_tree(t.oid) p where p.relid <> t.oid loop
      perform sync_put_triggers(part.full_name, part.relid, function_name, t.keys);
    end loop;
  end loop;
  update sync_layout l set current = false where l.current and not exists (select from sync_tables() s where s.table_name = l.table_name);
  delete from sync_refill r where not exists (select from sync_tables() s where s.table_name = r.table_name);
  if the_role = 'copy' then perform sync_quiet(); end if;
  return total;
end
$$;

-- Every synced table and every partition of one.
create function sync_relations() returns table (relation oid, root oid) language sql stable as
$$
  select r.relation, t.oid from sync_tables() t
  cross join lateral (select t.oid union select p.relid::oid from pg_partition_tree(t.oid) p) r(relation)
$$;

create or replace function sync_quiet() returns void language plpgsql as
$$
declare t record; f record;
begin
  for t in select relation::regclass::text as full_name, relation as oid from sync_relations() loop
    if exists (select from pg_trigger where tgrelid = t.oid and not tgisinternal and tgenabled <> 'D') then
      execute format('alter table only %s disable trigger user', t.full_name);
    end if;
    for f in select conname from pg_constraint where conrelid = t.oid and contype = 'f' and conenforced and conparentid = 0 loop
      execute format('alter table %s alter constraint %I not enforced', t.full_name, f.conname);
    end loop;
  end loop;
end
$$;

create or replace function sync_wake() returns void language plpgsql as
$$
declare t record; f record;
begin
  for t in select relation::regclass::text as full_name, relation as oid from sync_relations() loop
    for f in select conname from pg_constraint where conrelid = t.oid and contype = 'f' and not conenforced and conparentid = 0 loop
      execute format('alter table %s alter constraint %I enforced', t.full_name, f.conname);
    end loop;
    if exists (select from pg_trigger where tgrelid = t.oid and not tgisinternal and tgenabled = 'D') then
      execute format('alter table only %s enable trigger user', t.full_name);
    end if;
  end loop;
end
$$;

create or replace function sync_writers() returns text[] language sql volatile as
$$
  select array_agg(distinct virtualtransaction) from pg_locks l join sync_relations() r on r.relation = l.relation
  where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
    and l.database = (select d.oid from pg_database d where d.datname = current_database())
$$;

-- ---------------------------------------------------------------- ticks, on the primary

-- The rows of the log that became visible between two snapshots. `seq` orders them; it is no cursor: `low` and
-- `high` only spare the reading of pages that can hold none of them.
create function sync_members(p pg_snapshot, c pg_snapshot, low bigint default 0, high bigint default 9223372036854775807)
returns setof sync_log language sql stable as
$$
  select * from sync_log
  where seq > low and seq <= high
    and ((xid >= pg_snapshot_xmax(p) and xid < pg_snapshot_xmax(c)) or xid = any (array(select pg_snapshot_xip(p))))
    and pg_visible_in_snapshot(xid, c)
$$;

create or replace function sync_cut_tick(heartbeat interval, given pg_snapshot default null) returns bigint language plpgsql
set enable_seqscan = off as
$$
declare
  last sync_tick;
  c pg_snapshot;
  before bigint;
  low bigint;
  high bigint;
  rows_in bigint := 0;
  new_id bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'A tick is cut in a read committed transaction.' using errcode = 'WL013';
  end if;
  -- Its own statement: the snapshot below must be taken after the lock, or ticks could run backwards.
  perform pg_advisory_xact_lock(sync_lock_key('tick'));
  set local synchronous_commit = on;
  select * into last from sync_tick order by id desc limit 1;
  before := coalesce(pg_sequence_last_value('sync_seq'::regclass), 0);
  c := coalesce(given, pg_current_snapshot());
  high := coalesce(pg_sequence_last_value('sync_seq'::regclass), 0);
  if last.id is not null then
    select count(*) into rows_in from sync_members(last.snap, c, last.seq_low, high);
    if given is null and rows_in = 0 and last.at between clock_timestamp() - heartbeat and clock_timestamp() then return last.id; end if;
  end if;
  -- Whoever is not visible to this snapshot is no older than its xmin. A snapshot's xmax would not do here: it
  -- follows the newest transaction that has ended, and ones beyond it may have been writing for long.
  select seq_before into low from sync_tick where cut_by < pg_snapshot_xmin(c) order by id desc limit 1;
  new_id := coalesce(last.id, (select acked_tick from sync_state)) + 1;
  insert into sync_tick (id, snap, n, whole, cut_by, seq_before, seq_low, seq_high)
  values (new_id, c, rows_in, not exists (select from sync_refill), pg_current_xact_id(), before, coalesce(low, 0), high);
  return new_id;
end
$$;

drop function sync_row_hash(bigint, integer, "char", text, jsonb);
create function sync_row_hash(seq bigint, layout integer, op "char", pk text, img json) returns numeric language sql immutable as
$$ select ('x' || left(md5(seq::text || ' ' || layout::text || ' ' || op::text || ' ' || pk || ' ' || coalesce(img::text, '')), 16))::bit(64)::bigint::numeric $$;

-- The partitions of a table as name and bounds, for a copy that lacks some; null for a table that has none.
create function sync_partitions(name text) returns jsonb language sql stable as
$$
  select jsonb_agg(jsonb_build_object('name', c.relname, 'from', m[1], 'to', m[2]) order by c.relname)
  from pg_inherits i
  join pg_class parent on parent.oid = i.inhparent and parent.relkind = 'p'
    and parent.relnamespace = current_schema()::regnamespace and parent.relname = name
  join pg_class c on c.oid = i.inhrelid
  left join lateral regexp_match(pg_get_expr(c.relpartbound, c.oid), '^FOR VALUES FROM \((.*)\) TO \((.*)\)$') m on true
$$;

create or replace function sync_manifest(first bigint, final bigint) returns jsonb language sql stable
set enable_seqscan = off as
$$
  with bounds as (
    select p.snap as p, c.snap as c, c.mark, c.at, c.whole, p.seq_low as low, c.seq_high as high
    from sync_tick p, sync_tick c where p.id = first - 1 and c.id = final),
  -- The layout's number is repeated in no manifest: the copy needs names.
  found as (
    select m.layout, count(*) as n, sum(m.seq) as seqs, sum(sync_row_hash(m.seq, m.layout, m.op, m.pk, m.img)) as hashes
    from bounds b, lateral sync_members(b.p, b.c, b.low, b.high) m group by m.layout)
  select jsonb_build_object(
    'incarnation', (select incarnation from sync_state), 'first', first, 'final', final,
    'mark', b.mark, 'at', b.at, 'whole', b.whole, 'from_snap', b.p::text, 'to_snap', b.c::text, 'low', b.low, 'high', b.high,
    'n', coalesce((select sum(n) from found), 0), 'seqs', coalesce((select sum(seqs) from found), 0)::text,
    'hashes', coalesce((select sum(hashes) from found), 0)::text,
    'layouts', coalesce((
      select jsonb_object_agg(l.id, jsonb_strip_nulls(jsonb_build_object(
        'table', l.table_name, 'columns', l.columns, 'keys', l.keys, 'partitions', sync_partitions(l.table_name))))
      from sync_layout l where l.id in (select layout from found)), '{}'))
  from bounds b
$$;

create or replace function sync_waiting() returns bigint language sql volatile
set enable_seqscan = off as
$$
  select coalesce((select sum(t.n) from sync_tick t, sync_state s where t.id > s.acked_tick), 0)::bigint
    + coalesce((select (select count(*) from sync_members(t.snap, pg_current_snapshot(), t.seq_low)) from sync_tick t order by t.id desc limit 1), 0)
$$;

create or replace function sync_retain(turn_at bigint, cap bigint) returns bigint language plpgsql
set enable_seqscan = off as
$$
declare
  slot integer;
  s sync_state;
  applied sync_tick;
  log_table text;
  holds boolean;
  total bigint := 0;
begin
  -- Alone with the slot: turned on in between, a table would be emptied of what was just captured.
  perform pg_advisory_xact_lock(sync_lock_key('tick'));
  slot := pg_sequence_last_value('sync_slot'::regclass);
  select * into s from sync_state;
  select * into applied from sync_tick where id = s.acked_tick;
  for i in 0..2 loop
    log_table := format('%I.sync_log_%s', current_schema(), i);
    if i <> slot and pg_relation_size(log_table) > 0 then
      begin
        -- NOWAIT: a writer that waited behind this lock would be a nurse who waits.
        execute format('lock table %s in access exclusive mode nowait', log_table);
        if s.reseed_wanted is not null and slot = 3 then
          holds := false;
        elsif applied.id is null then
          holds := true;
        else
          execute format('select exists (select from %s where seq > $2 and xid >= pg_snapshot_xmin($1) and not pg_visible_in_snapshot(xid, $1))', log_table)
            into holds using applied.snap, applied.seq_low;
        end if;
        if not holds then execute format('truncate %s', log_table); end if;
      exception when lock_not_available then
        null; -- a transaction still writes here; the next pass tries again
      end;
    end if;
    total := total + pg_total_relation_size(log_table);
  end loop;
  if slot < 3 then
    -- Pages that were filled since the last pass enter the index of numbers.
    perform brin_summarize_new_values(format('%I.sync_log_%s_numbers', current_schema(), slot)::regclass);
    if pg_table_size(format('%I.sync_log_%s', current_schema(), slot)) > turn_at
      and pg_relation_size(format('%I.sync_log_%s', current_schema(), (slot + 1) % 3)) = 0 then
      perform setval('sync_slot', (slot + 1) % 3);
    end if;
    -- What is applied goes with the next turns; only rows that wait can grow without end.
    if total > cap and exists (select from sync_tick where id > s.acked_tick and n > 0) then perform sync_drop_log('log-cap'); end if;
  end if;
  return total;
end
$$;

-- ---------------------------------------------------------------- shipping whole tables

create or replace function sync_fill_chunk(size integer) returns integer language plpgsql as
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
    'insert into sync_log_%s (layout, op, pk, img) select %s, ''B'', %s, row_to_json(t.*) from %s t where %s and %s',
    slot, layout, sync_key_text(t.oid, t.keys, 't'), full_name, beyond, within);
  get diagnostics logged = row_count;
  execute format('insert into sync_log_%s (layout, op, pk, img) values ($1, ''R'', '''', $2)', slot)
    using layout, json_build_object('after', f.after, 'upto', upto);
  if upto is null then delete from sync_refill where table_name = f.table_name;
  else update sync_refill set after = upto where table_name = f.table_name; end if;
  return logged;
end
$$;

-- ---------------------------------------------------------------- on the copy

-- Makes a partition of which the default one holds rows: they move into it.
create function sync_make_from_rest(name text, part text, low text, high text, bound text) returns void language plpgsql as
$$
declare
  rest text;
  key text;
begin
  select p.partdefid::regclass::text, quote_ident(att.attname) into rest, key
  from pg_partitioned_table p join pg_attribute att on att.attrelid = p.partrelid and att.attnum = p.partattrs[0]
  where p.partrelid = format('%I.%I', current_schema(), name)::regclass;
  execute format('create table %1$I.%2$I (like %1$I.%3$I including defaults)', current_schema(), part, name);
  execute format('with moved as (delete from %s where %s and %s returning *) insert into %I.%I select * from moved', rest,
    case when low = 'MINVALUE' then 'true' else format('%s >= %s', key, quote_literal(substring(low from '^''([^'']*)''$'))) end,
    case when high = 'MAXVALUE' then 'true' else format('%s < %s', key, quote_literal(substring(high from '^''([^'']*)''$'))) end,
    current_schema(), part);
  execute format('alter table %1$I.%2$I attach partition %1$I.%3$I %4$s', current_schema(), name, part, bound);
end
$$;

-- Makes the partitions that a table has on the primary and lacks here. Bounds are taken as values, never as SQL.
create function sync_make_partitions(name text, wanted jsonb) returns void language plpgsql as
$$
declare
  w record;
  bound text;
begin
  for w in
    select p.name, p."from", p."to" from jsonb_to_recordset(wanted) as p(name text, "from" text, "to" text)
    where to_regclass(format('%I.%I', current_schema(), p.name)) is null
  loop
    if w."from" is null then bound := 'default';
    else
      select format('for values from (%s) to (%s)', a.part, b.part) into bound
      from (select case when w."from" = 'MINVALUE' then 'minvalue' else quote_literal(substring(w."from" from '^''([^'']*)''$')) end) a(part),
           (select case when w."to" = 'MAXVALUE' then 'maxvalue' else quote_literal(substring(w."to" from '^''([^'']*)''$')) end) b(part);
      if bound is null then
        raise exception 'Partition % of table % cannot be made here by itself.', w.name, name using errcode = 'WL409';
      end if;
    end if;
    begin
      execute format('create table %1$I.%2$I partition of %1$I.%3$I %4$s', current_schema(), w.name, name, bound);
    exception
      when invalid_object_definition then
        null; -- another name has that range here
      when check_violation then
        perform sync_make_from_rest(name, w.name, w."from", w."to", bound);
    end;
  end loop;
end
$$;

create or replace function sync_apply_table(name text, layouts integer[], described jsonb) returns void language plpgsql as
$$
declare
  t record;
  r record;
  full_name text := format('%I.%I', current_schema(), name);
  unknown text;
  parts jsonb;
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
  -- Only what both sides have as a partitioned table.
  parts := described->layouts[1]::text->'partitions';
  if parts is not null and (select relkind = 'p' from pg_class where oid = t.oid) then
    perform sync_make_partitions(name, parts);
  end if;

  key_order := sync_key_order(t.oid, t.keys, 't');
  for r in select img::jsonb as img from sync_staging where layout = any (layouts) and op = 'R' order by seq loop
    execute format(
      'delete from %s t where %s and %s and not exists (select from sync_staging s where s.layout = any ($1) and s.op <> ''R'' and s.pk = %s)',
      full_name,
      case when r.img->'after' = 'null' then 'true' else sync_key_beyond(full_name, key_order, t.keys, r.img->'after', '>') end,
      case when r.img->'upto' = 'null' then 'true' else sync_key_beyond(full_name, key_order, t.keys, r.img->'upto', '<=') end,
      sync_key_text(t.oid, t.keys, 't')) using layouts;
    update sync_state set fill = fill || jsonb_build_object(name, r.img->'upto') where filling;
  end loop;

  select exists (select from sync_staging where layout = any (layouts) and op in ('D', 'X')) into deletes;
  deleting := format(
    'with w as materialized (%s) delete from %s t using w, lateral json_populate_record(null::%s, w.img) r where %%s and %s',
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

create or replace function sync_keep_own_columns(name text, columns jsonb, keys text[], layouts integer[], described jsonb) returns void language plpgsql as
$$
declare l integer; own text[]; full_name text := format('%I.%I', current_schema(), name);
begin
  foreach l in array layouts loop
    select array_agg(key) into own from jsonb_object_keys(columns) key where not described->l::text->'columns' ? key;
    if own is not null then
      execute format(
        'update sync_staging s set img = ((select jsonb_object_agg(key, value) from jsonb_each(to_jsonb(t.*)) where key = any ($2)) || s.img::jsonb)::text::json '
        'from %s t where s.layout = $1 and s.op in (''I'', ''U'', ''B'') and s.pk = %s',
        full_name, sync_key_text(full_name::regclass, keys, 't')) using l, own;
    end if;
  end loop;
end
$$;

create or replace function sync_return_own_columns(name text, columns jsonb, keys text[], layouts integer[], described jsonb) returns void language plpgsql as
$$
declare l integer; own text[]; full_name text := format('%I.%I', current_schema(), name);
begin
  foreach l in array layouts loop
    select array_agg(key) into own from jsonb_object_keys(columns) key where not described->l::text->'columns' ? key;
    if own is not null then
      execute format(
        'update %1$s t set %2$s from (select distinct on (pk) pk, json_populate_record(null::%1$s, img) as r from sync_staging '
        'where layout = $1 and img::jsonb ?& $2 order by pk, seq desc) s where s.pk = %3$s',
        full_name, (select string_agg(format('%1$I = (s.r).%1$I', c), ', ') from unnest(own) c), sync_key_text(full_name::regclass, keys, 't'))
        using l, own;
    end if;
  end loop;
end
$$;

create or replace function sync_upsert(name text, columns jsonb, keys text[], table_oid oid, layouts integer[], described jsonb, winners text) returns void language plpgsql as
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
      'select %4$s from (select json_populate_record(null::%1$I.%2$I, w.img) as r from (%5$s) w '
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

-- The text of an image as it was sent is what its hash is of: it travels as a string, and is not written anew.
create or replace function sync_apply_chunks(of uuid, given_first bigint, given_final bigint) returns bigint language plpgsql as
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
    select (e->>0)::bigint, (e->>1)::integer, (e->>2)::"char", e->>3, (e->>4)::json
    from sync_chunk s, jsonb_array_elements(s.body::jsonb) e where s.number = c.number;
  end loop;
  select coalesce(sum(n), 0) into total from sync_chunk;
  perform sync_apply(b.manifest);
  delete from sync_chunk;
  delete from sync_batch;
  return total;
end
$$;

-- ---------------------------------------------------------------- proof and repair

-- Compares this side with the sums that the primary took at `tick`, and keeps the result. In one repeatable read
-- transaction, so that what is summed is what the tick says. Answers each table with its rows here (null: not
-- here) and whether it is equal; null: this side is no longer, or not yet, at that tick.
create function sync_prove(tick bigint, sums jsonb) returns jsonb language plpgsql as
$$
declare compared jsonb;
begin
  if current_setting('transaction_isolation') <> 'repeatable read' then
    raise exception 'A proof is taken in a repeatable read transaction.' using errcode = 'WL013';
  end if;
  if (select last_tick from sync_state where role = 'copy') is distinct from tick then return null; end if;
  select coalesce(jsonb_agg(jsonb_build_object('table', g.key, 'rows', s.n,
    'equal', coalesce(s.n::text = g.value->>'rows' and s.sum::text = g.value->>'sum', false)) order by g.key collate "C"), '[]')
    into compared
  from jsonb_each(sums) g
  left join sync_checksums((select jsonb_object_agg(key, value->'columns') from jsonb_each(sums))) s on s.table_name = g.key;
  update sync_state set verified_tick = tick, verified_at = clock_timestamp(),
    verified_equal = not exists (select from jsonb_array_elements(compared) f where not (f->>'equal')::boolean);
  return compared;
end
$$;

-- Counts and sums of one table in 256 buckets of its keys, over the columns that the primary named.
create function sync_bucket_sums(name text, cols jsonb) returns table (bucket integer, n bigint, sum numeric) language plpgsql stable
set timezone = 'UTC' set datestyle = 'ISO, YMD' set intervalstyle = 'postgres' set extra_float_digits = 1 set bytea_output = 'hex' as
$$
begin
  return query execute (
    select format(
      'select (''x'' || left(md5(%s), 2))::bit(8)::integer, count(*), sum((''x'' || left(md5(row(%s)::text), 16))::bit(64)::bigint::numeric) from %I.%I t group by 1',
      sync_key_text(s.oid, s.keys, 't'), (select string_agg(format('t.%I', c), ', ') from jsonb_array_elements_text(cols) c), current_schema(), name)
    from sync_tables() s where s.table_name = name);
end
$$;

-- The rows of some buckets: key as text, as object, and the row's sum.
create function sync_bucket_rows(name text, cols jsonb, wanted integer[]) returns table (pk text, key json, sum bigint) language plpgsql stable
set timezone = 'UTC' set datestyle = 'ISO, YMD' set intervalstyle = 'postgres' set extra_float_digits = 1 set bytea_output = 'hex' as
$$
begin
  return query execute (
    select format(
      'select %1$s, %2$s, (''x'' || left(md5(row(%3$s)::text), 16))::bit(64)::bigint from %4$I.%5$I t where (''x'' || left(md5(%1$s), 2))::bit(8)::integer = any (%6$L::integer[])',
      sync_key_text(s.oid, s.keys, 't'), sync_key_json(s.keys, 't'),
      (select string_agg(format('t.%I', c), ', ') from jsonb_array_elements_text(cols) c), current_schema(), name, wanted)
    from sync_tables() s where s.table_name = name);
end
$$;

-- Logs rows of one table again as they are now: those that are there as images, the others as deletions. As with
-- a refill, what the hospital does to them meanwhile wins. `listed`: [{pk, key, found}]. Answers the rows logged.
create function sync_log_again(tick bigint, name text, listed jsonb) returns integer language plpgsql as
$$
declare
  t record;
  layout integer;
  slot bigint;
  full_name text := format('%I.%I', current_schema(), name);
  logged integer;
begin
  perform pg_advisory_xact_lock(sync_lock_key('tick'));
  slot := pg_sequence_last_value('sync_slot'::regclass);
  if slot > 2 then raise exception 'Capture is off; a repair would miss changes.' using errcode = 'WL014'; end if;
  select s.* into t from sync_tables() s where s.table_name = name;
  select l.id into layout from sync_layout l where l.table_name = name and l.current;
  if t.table_name is null or layout is null then return 0; end if;
  execute format(
    'insert into sync_log_%s (layout, op, pk, img) '
    'select %s, case when t.%I is null then ''X'' else ''B'' end, %s, case when t.%I is null then %s else row_to_json(t.*) end '
    'from jsonb_array_elements($1) f, lateral jsonb_populate_record(null::%s, f->''key'') k left join %s t on %s',
    slot, layout, t.keys[1], sync_key_text(t.oid, t.keys, 'k'), t.keys[1], sync_key_json(t.keys, 'k'),
    full_name, full_name, sync_key_match(t.keys, 't', 'k')) using listed;
  get diagnostics logged = row_count;
  insert into sync_repair (tick, table_name, pk, found)
    select tick, name, f->>'pk', f->>'found' from jsonb_array_elements(listed) f;
  delete from sync_repair where id <= (select max(id) from sync_repair) - 10000;
  return logged;
end
$$;

-- Ships one table whole again: more of it is different than is worth naming row by row.
create function sync_refill_table(tick bigint, name text) returns void language sql as
$$
  insert into sync_refill (table_name, reason) values (name, 'repair')
    on conflict (table_name) do update set after = null, reason = 'repair', asked_at = clock_timestamp();
  insert into sync_repair (tick, table_name, found) values (tick, name, 'table');
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
