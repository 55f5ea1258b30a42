-- Operators asking to come into a hospital; the hospital's own database holds what it decided.
create table support_requests (
  id uuid primary key,
  tenant_id uuid not null references tenants (id),
  operator_id uuid not null references operators (id),
  reason text not null,
  minutes integer not null,
  status text not null default 'waiting',
  asked_at timestamp (3) with time zone not null,
  decided_at timestamp (3) with time zone,
  decided_by_name text,
  note text,
  expires_at timestamp (3) with time zone,
  ended_at timestamp (3) with time zone,
  ended_by_name text,
  created_at timestamp (3) with time zone not null default now(),
  updated_at timestamp (3) with time zone not null default now(),
  version integer not null default 1
);
create index support_requests_tenant on support_requests (tenant_id, asked_at);
create index support_requests_operator on support_requests (operator_id, status);
