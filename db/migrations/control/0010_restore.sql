-- A lost primary rebuilt from its copy, in steps that are each done once. Decision 043.
create table restore_runs (
  id uuid primary key,
  tenant_id uuid not null references tenants (id) on delete cascade,
  status text not null default 'running' constraint restore_runs_status check (status in ('running', 'failed', 'done')),
  requested_by text not null,
  reason text,
  -- The copy follows nobody but this from the first step on.
  epoch uuid not null default gen_random_uuid(),
  old_server_id uuid not null references database_servers (id),
  old_database text not null,
  schema_name text not null,
  target_server_id uuid not null references database_servers (id),
  target_database text not null,
  -- What the copy held, and what may be lost beyond it.
  fenced_at timestamptz(3),
  last_tick bigint,
  last_tick_at timestamptz(3),
  lost_seconds double precision,
  waiting_rows bigint,
  -- By table: rows, whether they are loaded, whether both sides were found equal.
  tables jsonb not null default '{}',
  moved jsonb,
  attempts integer not null default 0,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  finished_at timestamptz(3)
);
create index restore_runs_tenant on restore_runs (tenant_id, created_at desc);
create unique index restore_runs_open on restore_runs (tenant_id) where status <> 'done';

create table restore_steps (
  run_id uuid not null references restore_runs (id) on delete cascade,
  position integer not null,
  key text not null,
  status text not null default 'waiting',
  reason text,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  primary key (run_id, position)
);
