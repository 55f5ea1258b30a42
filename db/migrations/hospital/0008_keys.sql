-- Keys of programs: what is shown of them and the hashes of their secrets.
create table api_keys (
  id uuid primary key,
  key_id text not null unique,
  kind text not null,
  name text not null,
  secret_hash text not null,
  previous_hash text,
  previous_until timestamp(3) with time zone,
  scopes text[] not null,
  networks text[] not null,
  calls_per_minute integer constraint api_keys_calls_positive check (calls_per_minute > 0),
  expires_at timestamp(3) with time zone,
  created_by uuid,
  created_by_name text not null,
  rotated_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  revoked_by_name text,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  version integer not null default 1
);

create table api_key_uses (
  key_id text primary key,
  last_used_at timestamp(3) with time zone not null,
  last_used_address text
);

create table key_policy (
  id integer primary key default 1 constraint key_policy_one_row check (id = 1),
  require_app_key boolean not null default false,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  version integer not null default 1
);

-- Failed sign-ins, and from where each account has signed in.
create table sign_in_failures (
  bucket text primary key,
  failures integer not null,
  last_at timestamp(3) with time zone not null,
  blocked_until timestamp(3) with time zone
);
create index sign_in_failures_by_time on sign_in_failures (last_at);

create table sign_in_devices (
  id uuid primary key,
  person_id uuid not null,
  device_hash text,
  address text,
  last_at timestamp(3) with time zone not null
);
create index sign_in_devices_of_person on sign_in_devices (person_id, last_at);

insert into key_policy default values;

-- What happened at a node stays there; whatever was local before stays local.
do $$
begin
  execute format(
    'create or replace function sync_local_tables() returns text[] language sql immutable as %L',
    format('select %L::text[]', (
      select array_agg(distinct name)
      from unnest(sync_local_tables() || array['api_key_uses', 'sign_in_failures', 'sign_in_devices']) name
    ))
  );
end
$$;

-- Hospitals that were there before: their standard roles see and keep the keys.
update roles set permissions = permissions || array['keys:read', 'keys:edit'], version = version + 1, updated_at = now()
where key in ('admin', 'it-admin') and not permissions && array['keys:read', 'keys:edit'];

-- What the plan allows programs in a day, as last received from the owner; null is no limit.
alter table entitlement add column api_calls_per_day integer;
