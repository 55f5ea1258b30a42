-- What a migration of the hospital writes is captured with the columns that the table had before it; what it put into
-- new ones travels as the table is shipped again. Where both came in one batch, the older columns won, and the copy
-- kept its own value in the new ones. A row in newer columns was always written, or looked at, later: it wins now.
-- Replaces functions of 0018_sync_rows.sql under their names.

create or replace function sync_apply_table(name text, layouts integer[], described jsonb) returns void language plpgsql as
$$
declare
  t record;
  r record;
  layout_id integer;
  full_name text := format('%I.%I', current_schema(), name);
  unknown text;
  parts jsonb;
  -- The last word on each key: of the table's newest columns, what happened before what was only looked at, the newest.
  winners text := format(
    'select distinct on (pk) layout, op, img from sync_staging where layout = any (%L::integer[]) and op <> ''R'' order by pk, layout desc, op in (''B'', ''X''), seq desc', layouts);
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

create or replace function sync_return_own_columns(name text, columns jsonb, keys text[], layouts integer[], described jsonb) returns void language plpgsql as
$$
declare l integer; own text[]; full_name text := format('%I.%I', current_schema(), name);
begin
  foreach l in array layouts loop
    select array_agg(key) into own from jsonb_object_keys(columns) key where not described->l::text->'columns' ? key;
    if own is not null then
      execute format(
        'update %1$s t set %2$s from (select distinct on (pk) pk, json_populate_record(null::%1$s, img::json) as r from sync_staging '
        'where layout = $1 and img::jsonb ?& $2 order by pk, seq desc) s where s.pk = %3$s '
        'and not exists (select from sync_staging n where n.layout = any ($3) and n.layout > $1 and n.op in (''I'', ''U'', ''B'') and n.pk = s.pk)',
        full_name, (select string_agg(format('%1$I = (s.r).%1$I', c), ', ') from unnest(own) c), sync_key_text(full_name::regclass, keys, 't'))
        using l, own, layouts;
    end if;
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
