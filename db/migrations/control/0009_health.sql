-- Health of hospitals' databases: more facts a look, alerts that do not flap, hours in place of old looks, limits as data.

alter table health_checks
  add column schema_version text,
  add column heard_at timestamptz(3);

create table health_watches (
  tenant_id uuid not null references tenants (id) on delete cascade,
  code text not null,
  looks integer not null,
  primary key (tenant_id, code)
);

create table health_hours (
  tenant_id uuid not null references tenants (id) on delete cascade,
  side text not null,
  hour timestamptz(3) not null,
  looks integer not null,
  unreachable integer not null,
  latency_ms double precision,
  latency_max_ms double precision,
  lag_rows bigint,
  lag_seconds double precision,
  size_bytes bigint,
  connections integer,
  primary key (tenant_id, side, hour)
);
create index health_hours_hour_index on health_hours (hour);

create table health_settings (
  id integer primary key default 1 constraint health_settings_one_row check (id = 1),
  latency_ms integer not null default 1000,
  lag_seconds integer not null default 300,
  lag_rows integer not null default 100000,
  connection_percent integer not null default 85,
  proof_hours integer not null default 26,
  silent_minutes integer not null default 3,
  size_gigabytes integer,
  raise_after integer not null default 2,
  clear_after integer not null default 2,
  raw_days integer not null default 3,
  hour_days integer not null default 90,
  rolled_up_to timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  version integer not null default 1
);
insert into health_settings (id) values (1);

create table health_mails (
  operator_id uuid primary key references operators (id) on delete cascade,
  since timestamptz(3) not null default now()
);
