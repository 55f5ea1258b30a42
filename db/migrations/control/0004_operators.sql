-- Which hospitals a group admin is given, and operators who were invited and have not come yet.
create table operator_tenants (
  operator_id uuid not null references operators (id) on delete cascade,
  tenant_id uuid not null references tenants (id) on delete cascade,
  assigned_at timestamptz(3) not null default now(),
  primary key (operator_id, tenant_id)
);
create index operator_tenants_of_tenant on operator_tenants (tenant_id);

create table operator_invitations (
  id uuid primary key,
  operator_id uuid not null unique references operators (id) on delete cascade,
  token_hash text not null unique,
  invited_by_name text not null,
  sent_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  sends integer not null default 1,
  accepted_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  version integer not null default 1
);

-- One active super-admin stays, whatever code writes here; two who are removed at the same moment wait for each
-- other at the lock, and the second one finds nobody left.
create function operators_keep_a_super_admin() returns trigger language plpgsql as
$$
begin
  if old.status <> 'active' or old.role <> 'super-admin' then return coalesce(new, old); end if;
  if tg_op = 'UPDATE' and new.status = 'active' and new.role = 'super-admin' then return new; end if;
  perform pg_advisory_xact_lock(hashtextextended('operators.super-admins', 0));
  if not exists (select from operators o
                 where o.role = 'super-admin' and o.status = 'active' and o.id <> old.id) then
    raise exception 'the owner portal needs an active super-admin'
      using errcode = 'check_violation', constraint = 'operators_keep_a_super_admin', table = 'operators';
  end if;
  return coalesce(new, old);
end
$$;

create trigger operators_keep_a_super_admin before update of status, role or delete on operators
  for each row execute function operators_keep_a_super_admin();
