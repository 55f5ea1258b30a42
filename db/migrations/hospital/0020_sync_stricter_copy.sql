-- A copy that is not migrated as far may be stricter: it insists on a column that the hospital has dropped, or on a
-- rule that the hospital has loosened. Its refusal ended the push as a fault of ours; it is the copy that waits for
-- its migration, and says so.
-- Replaces a function of 0014_sync_rates.sql under its name.

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
  begin
    for t in
      select value->>'table' as name, array_agg(key::integer order by key::integer) as layouts
      from jsonb_each(manifest->'layouts') group by 1 order by 1
    loop
      perform sync_apply_table(t.name, t.layouts, manifest->'layouts');
    end loop;
    set constraints all immediate;
  exception when integrity_constraint_violation then
    declare
      broken_table text;
      broken_column text;
      broken_rule text;
    begin
      get stacked diagnostics broken_table = table_name, broken_column = column_name, broken_rule = constraint_name;
      raise exception 'Table % here does not take what the hospital has (%).', broken_table,
        concat_ws(', ', nullif(broken_column, ''), nullif(broken_rule, '')) using errcode = 'WL409';
    end;
  end;
  if staged.n > 1000 then truncate sync_staging; elsif staged.n > 0 then delete from sync_staging; end if;
  update sync_state set filling = false, fill = '{}' where filling and (manifest->>'whole')::boolean;
end
$$;
