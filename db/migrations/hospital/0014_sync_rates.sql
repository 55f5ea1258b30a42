-- The engine with one look at the log the less: what a tick holds is summed as it is cut, and a manifest adds up
-- ticks. Replaces functions of 0003_sync.sql and 0011_sync_engine.sql under their names.

-- Sums of the rows of a tick; null in ticks that were cut before there were any.
alter table sync_tick
  add column seqs numeric,
  add column hashes numeric,
  add column layouts integer[];

-- Tells rows apart that were damaged or exchanged on the way; who may forge them is kept out by the session, or by
-- the signature on a chunk. A tenth of the time of `sync_row_hash`, which copies still know from older primaries.
create function sync_row_sum(seq bigint, layout integer, op "char", pk text, img json) returns bigint language sql immutable parallel safe as
$$ select hashtextextended(coalesce(img::text, ''), hashtextextended(pk, seq) # (layout::bigint * 256 + ascii(op::text))) $$;

create or replace function sync_cut_tick(heartbeat interval, given pg_snapshot default null) returns bigint language plpgsql
set enable_seqscan = off as
$$
declare
  last sync_tick;
  c pg_snapshot;
  before bigint;
  low bigint;
  high bigint;
  held record;
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
  -- Before the first tick there is nothing that a copy could want.
  select coalesce(sum(n), 0)::bigint as n, coalesce(sum(s), 0) as seqs, coalesce(sum(h), 0) as hashes,
      coalesce(array_agg(layout order by layout), '{}') as layouts
    into held
  from (
    select m.layout, count(*) as n, sum(m.seq) as s, sum(sync_row_sum(m.seq, m.layout, m.op, m.pk, m.img)) as h
    from sync_members(last.snap, c, last.seq_low, high) m where last.id is not null group by m.layout) l;
  if last.id is not null and given is null and held.n = 0
    and last.at between clock_timestamp() - heartbeat and clock_timestamp() then return last.id; end if;
  -- Whoever is not visible to this snapshot is no older than its xmin. A snapshot's xmax would not do here: it
  -- follows the newest transaction that has ended, and ones beyond it may have been writing for long.
  select seq_before into low from sync_tick where cut_by < pg_snapshot_xmin(c) order by id desc limit 1;
  new_id := coalesce(last.id, (select acked_tick from sync_state)) + 1;
  insert into sync_tick (id, snap, n, whole, cut_by, seq_before, seq_low, seq_high, seqs, hashes, layouts)
  values (new_id, c, held.n, not exists (select from sync_refill), pg_current_xact_id(), before, coalesce(low, 0), high,
    held.seqs, held.hashes, held.layouts);
  return new_id;
end
$$;

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
        'table', l.table_name, 'columns', l.columns, 'keys', l.keys, 'partitions', sync_partitions(l.table_name))))
      from sync_layout l where l.id = any (held.layouts)), '{}'));
end
$$;

create or replace function sync_apply(manifest jsonb) returns void language plpgsql as
$$
declare
  staged record;
  t record;
begin
  -- A primary that has not come as far yet sends the older hash.
  if manifest ? 'sums' then
    select count(*) as n, coalesce(sum(seq), 0) as seqs, coalesce(sum(sync_row_sum(seq, layout, op, pk, img)), 0) as hashes
      into staged from sync_staging;
  else
    select count(*) as n, coalesce(sum(seq), 0) as seqs, coalesce(sum(sync_row_hash(seq, layout, op, pk, img)), 0) as hashes
      into staged from sync_staging;
  end if;
  if staged.n is distinct from (manifest->>'n')::bigint or staged.seqs is distinct from (manifest->>'seqs')::numeric
    or staged.hashes is distinct from coalesce(manifest->>'sums', manifest->>'hashes')::numeric then
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
      'select %4$s from (select json_populate_record(null::%1$I.%2$I, w.img) as r from (%5$s) w '
      'where w.layout = %6$s and w.op in (''I'', ''U'', ''B'') offset 0) x',
      current_schema(), name,
      (select string_agg(quote_ident(c), ', ') from unnest(shared) c),
      (select string_agg(format('(x.r).%I', c), ', ') from unnest(shared) c),
      winners, l);
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

-- The engine's own: nothing here is for the hospital's role.
revoke all on function sync_row_sum(bigint, integer, "char", text, json) from public;
