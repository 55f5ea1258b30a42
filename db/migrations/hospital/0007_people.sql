-- Who is limited to their own departments, who has been invited and not yet come, and lists of staff brought in
-- from a file.

-- 'departments': whoever has the role, or the person, reaches rows of their own departments alone.
alter table roles add column scope text not null default 'hospital' check (scope in ('hospital', 'departments'));
alter table users add column scope text not null default 'hospital' check (scope in ('hospital', 'departments'));

-- Somebody invited has an account that waits for them.
alter table users drop constraint if exists users_status_known;
alter table users add constraint users_status_known
  check (status in ('active', 'suspended', 'deactivated', 'invited'));

-- The departments somebody belongs to beside the primary one, which stays in users.department_id.
create table user_departments (
  user_id uuid not null references users (id) on delete cascade,
  department_id uuid not null references departments (id),
  primary key (user_id, department_id)
);
create index user_departments_of_department on user_departments (department_id);
create index users_of_department on users (department_id);

-- Somebody who was invited and has not accepted yet; of the link only a hash is kept.
create table user_invitations (
  id uuid primary key,
  user_id uuid not null unique references users (id) on delete cascade,
  token_hash text not null unique,
  invited_by uuid,
  invited_by_name text not null,
  sent_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  sends integer not null default 1,
  accepted_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  version integer not null default 1
);

create table user_import_runs (
  id uuid primary key,
  status text not null default 'draft',
  origin text not null,
  file_name text not null,
  rows_total integer not null default 0,
  rows_done integer not null default 0,
  ready integer not null default 0,
  existing integer not null default 0,
  faulty integer not null default 0,
  created integer not null default 0,
  failed integer not null default 0,
  started_by uuid,
  started_by_name text not null,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  alive_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  version integer not null default 1
);
create index user_import_runs_recent on user_import_runs (created_at desc, id desc);

create table user_import_rows (
  id uuid primary key,
  run_id uuid not null references user_import_runs (id) on delete cascade,
  line integer not null,
  name text not null,
  email text not null,
  phone text,
  role text not null,
  departments text not null,
  scope text not null default 'hospital',
  status text not null,
  field text,
  code text,
  message text,
  user_id uuid,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  version integer not null default 1
);
create unique index user_import_rows_in_order on user_import_rows (run_id, line);

-- A hospital keeps one active administrator, whatever code writes here: two who are removed at the same moment
-- wait for each other at the role's row, and the second one finds nobody left.
create function users_keep_an_admin() returns trigger language plpgsql as
$$
declare
  admin_role uuid;
begin
  if old.status <> 'active' then return coalesce(new, old); end if;
  select id into admin_role from roles where key = 'admin';
  if admin_role is null or old.role_id <> admin_role then return coalesce(new, old); end if;
  if tg_op = 'UPDATE' and new.status = 'active' and new.role_id = admin_role then return new; end if;
  perform 1 from roles where id = admin_role for no key update;
  if not exists (select from users u where u.role_id = admin_role and u.status = 'active' and u.id <> old.id) then
    raise exception 'a hospital needs an active administrator'
      using errcode = 'check_violation', constraint = 'users_keep_an_admin', table = 'users';
  end if;
  return coalesce(new, old);
end
$$;

create trigger users_keep_an_admin before update of status, role_id or delete on users
  for each row execute function users_keep_an_admin();
