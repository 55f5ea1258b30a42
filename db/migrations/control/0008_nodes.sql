-- Hospitals that run on a server of their own: the servers, how they join, what they are told.

create table signing_keys (
  id integer primary key default 1 constraint signing_keys_one_row check (id = 1),
  public_key text not null,
  sealed_private_key text not null,
  created_at timestamptz(3) not null default now()
);

create table nodes (
  id uuid primary key,
  tenant_id uuid not null references tenants (id) on delete cascade,
  name text not null,
  public_key text not null unique,
  address text,
  status text not null default 'joining' constraint nodes_status check (status in ('joining', 'active', 'revoked')),
  -- The writer epoch that this server holds; null until it has taken over.
  incarnation uuid,
  joined_at timestamptz(3) not null default now(),
  active_at timestamptz(3),
  revoked_at timestamptz(3),
  last_seen_at timestamptz(3),
  as_of timestamptz(3),
  document_version integer not null default 0,
  report jsonb
);
create index nodes_tenant on nodes (tenant_id, joined_at);
create unique index nodes_active on nodes (tenant_id) where status = 'active';

create table node_tokens (
  id uuid primary key,
  tenant_id uuid not null references tenants (id) on delete cascade,
  token_hash text not null unique,
  created_by text not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  node_id uuid references nodes (id) on delete set null
);
create index node_tokens_tenant on node_tokens (tenant_id);

-- A signed request is taken once.
create table node_requests (
  node_id uuid not null references nodes (id) on delete cascade,
  nonce text not null,
  at timestamptz(3) not null,
  primary key (node_id, nonce)
);
create index node_requests_at on node_requests (at);

create table node_commands (
  id uuid primary key,
  tenant_id uuid not null references tenants (id) on delete cascade,
  kind text not null,
  input jsonb not null,
  created_by text not null,
  created_at timestamptz(3) not null default now(),
  fetched_at timestamptz(3),
  ended_at timestamptz(3),
  outcome text,
  result jsonb
);
create index node_commands_waiting on node_commands (tenant_id, created_at) where ended_at is null;
create index node_commands_tenant on node_commands (tenant_id, created_at);

-- Whoever waits on behalf of a hospital's own server hears that there is something for it.
create function tell_node() returns trigger language plpgsql as
$$
begin
  perform pg_notify('node_news', new.tenant_id::text);
  return null;
end
$$;
create trigger node_commands_told after insert on node_commands for each row execute function tell_node();
create trigger subscriptions_told after update on subscriptions for each row execute function tell_node();

create function tell_tenants_node() returns trigger language plpgsql as
$$
begin
  if new.version is distinct from old.version or new.status is distinct from old.status then
    perform pg_notify('node_news', new.id::text);
  end if;
  return null;
end
$$;
create trigger tenants_told after update on tenants for each row execute function tell_tenants_node();

-- A hospital that moves to a server of its own, or back, is another door for every copy of the app.
create function nodes_announce() returns trigger language plpgsql as
$$
begin
  perform pg_notify('tenants_changed', new.tenant_id::text);
  return null;
end
$$;
create trigger nodes_announce after insert or update of status, address on nodes for each row execute function nodes_announce();
