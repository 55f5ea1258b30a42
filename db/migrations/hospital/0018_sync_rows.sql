-- Images as Postgres writes a row, `(a,"b c",)`, in place of an object with the name of each column: cheaper for
-- whoever writes it, inside a nurse's transaction, and for the copy that reads it. An image is text, which is one or
-- the other: the older one, a JSON object, stands beside it wherever a session or a moment needs the columns' names
-- (refills, repairs, careful capture, what a migration itself writes).
-- Replaces functions of 0011_sync_engine.sql, 0013_restore.sql and 0014_sync_rates.sql under their names.

-- ---------------------------------------------------------------- the log

drop view sync_log cascade;
alter table sync_log_0 alter column img type text;
alter table sync_log_1 alter column img type text;
alter table sync_log_2 alter column img type text;
create view sync_log as
  select * from sync_log_0 union all select * from sync_log_1 union all select * from sync_log_2;
alter table sync_staging alter column img type text;

create function sync_members(p pg_snapshot, c pg_snapshot, low bigint default 0, high bigint default 9223372036854775807)
returns setof sync_log language sql stable as
$$
  select * from sync_log
  where seq > low and seq <= high
    and ((xid >= pg_snapshot_xmax(p) and xid < pg_snapshot_xmax(c)) or xid = any (array(select pg_snapshot_xip(p))))
    and pg_visible_in_snapshot(xid, c)
$$;

drop function sync_row_hash(bigint, integer, "char", text, json);
create function sync_row_hash(seq bigint, layout integer, op "char", pk text, img text) returns numeric language sql immutable as
$$ select ('x' || left(md5(seq::text || ' ' || layout::text || ' ' || op::text || ' ' || pk || ' ' || coalesce(img, '')), 16))::bit(64)::bigint::numeric $$;

drop function sync_row_sum(bigint, integer, "char", text, json);
create function sync_row_sum(seq bigint, layout integer, op "char", pk text, img text) returns bigint language sql immutable parallel safe as
$$ select hashtextextended(coalesce(img, ''), hashtextextended(pk, seq) # (layout::bigint * 256 + ascii(op::text))) $$;

-- ---------------------------------------------------------------- what a row is written as

-- What a row is written as: every column that is there, generated ones too, in order, as [name, type]. A row can be
-- read as it stands where both sides have the same. Null: from before there were such images.
alter table sync_layout add column shape jsonb;

create function sync_shape(table_oid oid) returns jsonb language sql stable as
$$
  select jsonb_agg(jsonb_build_array(attname, format_type(atttypid, atttypmod)) order by attnum)
  from pg_attribute where attrelid = table_oid and attnum > 0 and not attisdropped
$$;

-- Whether an image is a row as Postgres writes it.
create function sync_is_row(img text) returns boolean language sql immutable parallel safe as
$$ select img ^@ '(' $$;

-- An expression for a row of `full_name`, of the image that `alias` has.
create function sync_image_row(full_name text, alias text) returns text language sql immutable as
$$
  select format('case when sync_is_row(%1$s.img) then %1$s.img::%2$s else json_populate_record(null::%2$s, %1$s.img::json) end',
    alias, full_name)
$$;

-- An image for people to read: an object with the names of the columns as they are now, where it is one of a row of
-- the table's present shape; else as it stands.
create function sync_image_object(name text, img text) returns json language plpgsql stable as
$$
declare told json;
begin
  if not sync_is_row(img) then return img::json; end if;
  execute format('select row_to_json((%L)::%I.%I)', img, current_schema(), name) into told;
  return told;
exception when data_exception or undefined_object or undefined_table then
  return to_json(img);
end
$$;

create or replace function sync_unsent(tick bigint default null)
returns table (seq bigint, table_name text, op text, pk text, img json) language sql volatile as
$$
  with base as (
    select t.snap, t.seq_low from sync_tick t, sync_state s where t.id = coalesce(tick, s.acked_tick))
  select l.seq, y.table_name, l.op::text, l.pk, sync_image_object(y.table_name, l.img)
  from sync_log l left join sync_layout y on y.id = l.layout
  where l.op in ('I', 'U', 'D')
    and not exists (select from base b where pg_visible_in_snapshot(l.xid, b.snap))
  order by l.seq
$$;

-- ---------------------------------------------------------------- capture

create or replace function sync_capture_source(table_oid oid, name text, layout integer, keys text[]) returns text language plpgsql stable as
$$
declare
  here text := quote_ident(current_schema());
  full_name text := format('%I.%I', current_schema(), name);
  -- A partition may have its columns in another order than the table: then each is named.
  same_shape boolean := not exists (select from pg_partition_tree(table_oid) p where sync_shape(p.relid) is distinct from sync_shape(table_oid));
  -- n.*, not n: a table may have a column n.
  object text := 'pg_catalog.row_to_json(%s.*)';
  image text := case when same_shape then '(%s.*)::pg_catalog.text' else object end;
  -- The number that the next column will get, which no other has had: null is said of a column that is not there.
  next_column integer := (select max(attnum) + 1 from pg_attribute where attrelid = table_oid);
  head text := 'insert into ' || here || '.sync_log_%s (layout, op, pk, img) ';
  plain_insert text := format('select %s, ''I'', %s, %s from new_rows n', layout, sync_key_text(table_oid, keys, 'n'), format(image, 'n'));
  plain_update text := format('select %s, ''U'', %s, %s from new_rows n', layout, sync_key_text(table_oid, keys, 'n'), format(image, 'n'));
  plain_delete text := format('select %s, ''D'', %s, %s from old_rows o', layout, sync_key_text(table_oid, keys, 'o'), sync_key_json(keys, 'o'));
  again text := format(
    'select %s, case when t.%I is null then ''D'' else ''U'' end, %s, case when t.%I is null then %s else %s end from (%%s) k left join %s t on %s',
    layout, keys[1], sync_key_text(table_oid, keys, 'k'), keys[1], sync_key_json(keys, 'k'), format(object, 't'),
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
  -- Looked at carefully, too, since its rows could be read otherwise elsewhere: a session that writes days in another
  -- way than the standard's, and a table that got a column past the migrations.
  return format(
    E'declare\n  slot pg_catalog.int8 := pg_catalog.pg_sequence_last_value(%L::pg_catalog.regclass);\nbegin\n'
    '  if pg_catalog.pg_trigger_depth() operator(pg_catalog.>) 1 or pg_catalog.current_setting(''wardline.sync_careful'', true) operator(pg_catalog.=) ''on''\n'
    '    or not pg_catalog.starts_with(pg_catalog.current_setting(''DateStyle''), ''ISO'')\n'
    '    or pg_catalog.has_column_privilege(%L::pg_catalog.regclass, %s::pg_catalog.int2, ''select'') is not null then\n'
    '    perform pg_catalog.set_config(''wardline.sync_careful'', ''on'', true);\n%s    end if;\n%s  end if;\n  return null;\nend',
    format('%I.sync_slot', current_schema()), full_name, next_column, careful, plain);
end
$$;

create or replace function sync_install_capture() returns integer language plpgsql as
$$
declare
  t record;
  part record;
  known sync_layout;
  layout integer;
  shape jsonb;
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
    shape := sync_shape(t.oid);
    select * into known from sync_layout l where l.table_name = t.table_name and l.current;
    if found and known.columns = t.columns and known.keys = t.keys and coalesce(known.shape, shape) = shape then
      layout := known.id;
      -- Its images so far name each column.
      if known.shape is null then update sync_layout l set shape = sync_shape(t.oid) where l.id = known.id; end if;
    else
      update sync_layout l set current = false where l.table_name = t.table_name and l.current;
      insert into sync_layout (table_name, columns, keys, shape) values (t.table_name, t.columns, t.keys, shape) returning id into layout;
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

-- ---------------------------------------------------------------- between

create or replace function sync_manifest(first bigint, final bigint) returns jsonb language plpgsql stable
set enable_seqscan = off as
$$
declare
  b record;
  held record;
begin
  select p.snap as p, c.snap as c, c.mark, c.at, c.whole, p.seq_low as low, c.seq_high as high into b
  from sync_tick p, sync_tick c where p.id = first - 1 and c.id = final;
  if not found then return null; end if;
  select sum(n)::bigint as n, sum(seqs) as seqs, sum(hashes) as hashes, bool_and(hashes is not null and layouts is not null) as summed,
      array(select distinct l from sync_tick t, unnest(t.layouts) l where t.id between first and final) as layouts
    into held
  from sync_tick where id between first and final;
  if held.summed is distinct from true then
    select coalesce(sum(n), 0)::bigint as n, coalesce(sum(s), 0) as seqs, coalesce(sum(h), 0) as hashes,
        coalesce(array_agg(layout), '{}') as layouts
      into held
    from (
      select m.layout, count(*) as n, sum(m.seq) as s, sum(sync_row_sum(m.seq, m.layout, m.op, m.pk, m.img)) as h
      from sync_members(b.p, b.c, b.low, b.high) m group by m.layout) l;
  end if;
  -- The layout's number is repeated in no manifest: the copy needs names.
  return jsonb_build_object(
    'incarnation', (select incarnation from sync_state), 'first', first, 'final', final,
    'mark', b.mark, 'at', b.at, 'whole', b.whole, 'from_snap', b.p::text, 'to_snap', b.c::text, 'low', b.low, 'high', b.high,
    'n', held.n, 'seqs', held.seqs::text, 'sums', held.hashes::text,
    'layouts', coalesce((
      select jsonb_object_agg(l.id, jsonb_strip_nulls(jsonb_build_object(
        'table', l.table_name, 'columns', l.columns, 'keys', l.keys, 'shape', l.shape, 'partitions', sync_partitions(l.table_name))))
      from sync_layout l where l.id = any (held.layouts)), '{}'));
end
$$;

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
    select (e->>0)::bigint, (e->>1)::integer, (e->>2)::"char", e->>3, e->>4
    from sync_chunk s, jsonb_array_elements(s.body::jsonb) e where s.number = c.number;
  end loop;
  select coalesce(sum(n), 0) into total from sync_chunk;
  perform sync_apply(b.manifest);
  delete from sync_chunk;
  delete from sync_batch;
  return total;
end
$$;

-- ---------------------------------------------------------------- on the copy

-- Rows of a table that the primary had, or has, in another shape: read as what they were there, and staged with the
-- name of each column.
create function sync_name_columns(layout_id integer, shape jsonb) returns void language plpgsql as
$$
declare type_name text := format('%I.%I', current_schema(), 'sync_shape_' || layout_id);
begin
  if not exists (select from sync_staging s where s.layout = layout_id and s.op in ('I', 'U', 'B') and sync_is_row(s.img)) then return; end if;
  -- A type that is not known here belongs to a column that is not, either.
  execute format('create type %s as (%s)', type_name, (
    select string_agg(format('%I %s', c.value->>0, coalesce(to_regtype(c.value->>1)::text, 'text')), ', ' order by c.ordinality)
    from jsonb_array_elements(shape) with ordinality c));
  execute format(
    'update sync_staging set img = row_to_json(img::%s) where layout = $1 and op in (''I'', ''U'', ''B'') and sync_is_row(img)',
    type_name) using layout_id;
  execute format('drop type %s', type_name);
end
$$;

create or replace function sync_apply_table(name text, layouts integer[], described jsonb) returns void language plpgsql as
$$
declare
  t record;
  r record;
  layout_id integer;
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
  -- A migration that is at this table ends first: the columns that are looked at next are those that are written to.
  if to_regclass(full_name) is not null then execute format('lock table only %s in row exclusive mode', full_name); end if;
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
  begin
    foreach layout_id in array layouts loop
      if described->layout_id::text->'shape' is distinct from sync_shape(t.oid) then
        perform sync_name_columns(layout_id, described->layout_id::text->'shape');
      end if;
    end loop;

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
      'with w as materialized (%s) delete from %s t using w, lateral (select %s as r offset 0) d where %%s and %s',
      winners, full_name, sync_image_row(full_name, 'w'), sync_key_match(t.keys, 't', '(d.r)'));
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
  exception when data_exception then
    -- Postgres's own words would repeat the row.
    if exists (select from sync_staging where layout = any (layouts) and sync_is_row(img)) then
      raise exception 'Rows of table % cannot be read as the columns that they were written with.', name using errcode = 'WL015';
    end if;
    raise exception 'Rows of table % are not what the copy can take.', name using errcode = sqlstate;
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
      -- Its images name their columns: this side has others.
      execute format(
        'update sync_staging s set img = ((select jsonb_object_agg(key, value) from jsonb_each(to_jsonb(t.*)) where key = any ($2)) || s.img::jsonb)::text '
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
        'update %1$s t set %2$s from (select distinct on (pk) pk, json_populate_record(null::%1$s, img::json) as r from sync_staging '
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
  only_new boolean;
  inserting text;
  done boolean;
begin
  -- Where all that happened is that rows were added, the copy has none of them, and need not be asked about each.
  -- What is not so after all, as while a copy is being filled, is found by the key.
  select bool_and(op = 'I') and not (select filling from sync_state) into only_new from sync_staging where layout = any (layouts);
  foreach l in array layouts loop
    select exists (select from sync_staging where layout = l and op = 'B') into looked_at;
    select array_agg(att.attname::text order by att.attnum),
           array_agg(att.attname::text order by att.attnum) filter (where att.attname <> all (keys) and att.attidentity <> 'a')
      into shared, settable
    from pg_attribute att
    where att.attrelid = table_oid and columns ? att.attname and described->l::text->'columns' ? att.attname;
    inserting := format(
      'insert into %1$I.%2$I as own (%3$s) overriding system value '
      'select %4$s from (select %7$s as r from (%5$s) w '
      'where w.layout = %6$s and w.op in (''I'', ''U'', ''B'') offset 0) x',
      current_schema(), name,
      (select string_agg(quote_ident(c), ', ') from unnest(shared) c),
      (select string_agg(format('(x.r).%I', c), ', ') from unnest(shared) c),
      winners, l, sync_image_row(format('%I.%I', current_schema(), name), 'w'));
    done := false;
    if only_new then
      begin
        execute inserting;
        done := true;
      exception when unique_violation or exclusion_violation then
        done := false;
      end;
    end if;
    continue when done;
    execute format('%s on conflict (%s) do %s', inserting,
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

do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature from pg_proc p where p.pronamespace = current_schema()::regnamespace and p.proname like 'sync\_%' loop
    execute format('revoke all on function %s from public', f.signature);
  end loop;
end
$$;
