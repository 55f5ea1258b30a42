-- A lost primary is rebuilt from its copy: who may send no more, and which numbers have been issued. Decision 043.

-- On a copy: the writers whose place another one has taken. Whatever they still send is refused.
create table sync_fenced (
  incarnation uuid primary key,
  at timestamptz not null default clock_timestamp(),
  last_tick bigint not null,
  last_tick_at timestamptz
);

-- From now on this copy follows nobody but who is made its writer: `epoch` is what it waits for. Answers the newest
-- tick that it holds. The same epoch again changes nothing.
create function sync_fence(epoch uuid, out tick bigint, out tick_at timestamptz) returns record language plpgsql as
$$
declare s sync_state;
begin
  -- Waits for a batch that is being applied; none is after it.
  select * into s from sync_state for update;
  if s.role <> 'copy' then
    raise exception 'Only a copy is fenced.' using errcode = 'WL012';
  end if;
  if s.incarnation is distinct from epoch then
    if s.incarnation is not null then
      insert into sync_fenced (incarnation, last_tick, last_tick_at) values (s.incarnation, s.last_tick, s.last_tick_at)
        on conflict (incarnation) do nothing;
    end if;
    update sync_state set incarnation = epoch;
  end if;
  tick := s.last_tick;
  tick_at := s.last_tick_at;
end
$$;

-- The greatest number that each sequence is known to have issued, by the rows that carry them: a copy's own
-- sequences stand where they were made.
create function sync_issued() returns jsonb language plpgsql stable as
$$
declare
  s record;
  last bigint;
  found_all jsonb := sync_sequences();
begin
  for s in
    select c.relname::text as name, t.relname::text as table_name, att.attname::text as column_name
    from pg_class c
    join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass
      and d.refobjsubid > 0 and d.deptype in ('a', 'i')
    join pg_class t on t.oid = d.refobjid and t.relname not like 'sync\_%'
    join pg_attribute att on att.attrelid = t.oid and att.attnum = d.refobjsubid
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'S'
  loop
    execute format('select max(%I)::bigint from %I.%I', s.column_name, current_schema(), s.table_name) into last;
    if last is not null and last > coalesce((found_all->>s.name)::bigint, 0) then
      found_all := found_all || jsonb_build_object(s.name, last::text);
    end if;
  end loop;
  -- Printed record numbers end in a check character.
  if to_regclass('mrn_seq') is not null then
    execute $mrn$select max(left(mrn, -1)::bigint) from patients where mrn ~ '^[0-9]{2,17}.$' and left(mrn, -1) ~ '^[0-9]+$'$mrn$ into last;
    if last is not null and last > coalesce((found_all->>'mrn_seq')::bigint, 0) then
      found_all := found_all || jsonb_build_object('mrn_seq', last::text);
    end if;
  end if;
  return found_all;
end
$$;

-- What this database wrote beyond `tick` (null: beyond what was acknowledged), oldest first: after it has lost its
-- place, a person looks through it. A tick that is not known here means all that the log still holds.
create function sync_unsent(tick bigint default null)
returns table (seq bigint, table_name text, op text, pk text, img json) language sql volatile as
$$
  with base as (
    select t.snap, t.seq_low from sync_tick t, sync_state s where t.id = coalesce(tick, s.acked_tick))
  select l.seq, y.table_name, l.op::text, l.pk, l.img
  from sync_log l left join sync_layout y on y.id = l.layout
  where l.op in ('I', 'U', 'D')
    and not exists (select from base b where pg_visible_in_snapshot(l.xid, b.snap))
  order by l.seq
$$;

do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature from pg_proc p where p.pronamespace = current_schema()::regnamespace and p.proname like 'sync\_%' loop
    execute format('revoke all on function %s from public', f.signature);
  end loop;
end
$$;
