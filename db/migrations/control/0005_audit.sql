-- The owner plane's audit in partitions of a month, each row with its place in a chain that only the app's key can
-- continue (docs/decisions/054-audit.md). What was there before goes along, and gets its place at the next start.
alter table owner_audit rename to owner_audit_before;

create table owner_audit (
  id uuid not null,
  at timestamp(3) with time zone not null,
  actor_kind text not null,
  actor_id uuid,
  actor_name text not null,
  event text not null,
  tenant_id uuid,
  entity text not null,
  entity_id text,
  reason text,
  request_id text,
  address text,
  details jsonb,
  read boolean not null default false,
  lane integer,
  n bigint,
  prev uuid,
  mac text,
  constraint owner_audit_key primary key (at, id)
) partition by range (at);

-- A row finds a place whatever its time: here lies what no month has been made for.
create table owner_audit_rest partition of owner_audit default;

-- Makes the partitions of the months from `since` to `ahead` months after this one; what the rest holds of such a
-- month moves into it. As the owner, since the app's role changes no table. Calling it again makes nothing. Answers
-- how many were made.
create function audit_make_months(parent text, ahead integer default 3, since timestamptz default now())
returns integer language plpgsql security definer set search_path from current as
$$
declare
  place text := quote_ident(current_schema());
  first_month timestamp := date_trunc('month', since at time zone 'UTC');
  last_month timestamp := date_trunc('month', now() at time zone 'UTC') + make_interval(months => least(ahead, 24));
  month timestamp;
  part text;
  below text;
  beyond text;
  made integer := 0;
begin
  if parent <> 'owner_audit' or first_month is null or first_month < timestamp '2000-01-01' then
    raise exception 'Only months of owner_audit since 2000 are made.' using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock(hashtextextended(place || ':wardline.audit.months', 0));
  for month in select * from generate_series(first_month, last_month, interval '1 month') loop
    part := format('%s.%I', place, parent || to_char(month, '"_"YYYY"_"MM'));
    continue when to_regclass(part) is not null;
    below := to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00';
    beyond := to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00';
    -- Whoever writes meanwhile must not wait long for a month that is still to come.
    perform set_config('lock_timeout', '2s', true);
    execute format('lock table %s.%I in access exclusive mode', place, parent || '_rest');
    execute format('create table %s (like %s.%I including defaults)', part, place, parent);
    execute format('with moved as (delete from %s.%I where at >= %L and at < %L returning *) insert into %s select * from moved',
      place, parent || '_rest', below, beyond, part);
    execute format('alter table %s.%I attach partition %s for values from (%L) to (%L)', place, parent, part, below, beyond);
    made := made + 1;
  end loop;
  return made;
end
$$;
revoke all on function audit_make_months(text, integer, timestamptz) from public;

do $$
declare oldest timestamptz := (select least(min(at), now()) from owner_audit_before);
begin
  perform audit_make_months('owner_audit', 3, greatest(oldest, timestamptz '2000-01-01'));
end
$$;

insert into owner_audit (id, at, actor_kind, actor_id, actor_name, event, tenant_id, entity, entity_id, reason, request_id, address, details)
select id, at, actor_kind, actor_id, actor_name, event, tenant_id, entity, entity_id, reason, request_id, address, details from owner_audit_before;
drop table owner_audit_before;

create index owner_audit_of_tenant on owner_audit (tenant_id, at, id) where tenant_id is not null;
create index owner_audit_of_actor on owner_audit (actor_id, at, id) where actor_id is not null;
create index owner_audit_of_event on owner_audit (event, at, id);
create index owner_audit_in_chain on owner_audit (lane, n);
-- What people write and what acts name; looks have neither.
create index owner_audit_words on owner_audit using gin ((lower(coalesce(reason, '') || ' ' || coalesce(details::text, ''))) gin_trgm_ops)
  where not read and (reason is not null or details is not null);

-- Where each lane of the chain ends. A hot row: room in its page keeps it there.
create table owner_audit_lanes (
  lane integer primary key,
  kind text not null,
  n bigint not null,
  mac text not null,
  last_id uuid,
  last_at timestamp(3) with time zone,
  seal text not null
) with (fillfactor = 10);

create table owner_audit_keys (
  id integer primary key default 1 constraint owner_audit_keys_one_row check (id = 1),
  sealed_key text not null,
  created_at timestamp(3) with time zone not null default now()
);

-- Where each hospital's chain ended, the last look of each day.
create table audit_anchors (
  tenant_id uuid not null,
  day date not null,
  taken_at timestamp(3) with time zone not null,
  heads jsonb not null,
  seal text not null,
  primary key (tenant_id, day)
);
