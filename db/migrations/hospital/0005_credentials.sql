-- Passwords, ways back in and mail of a hospital.

alter table users
  add column password_changed_at timestamptz(3),
  add column email_verified_at timestamptz(3);

-- Answers that hold a secret are kept sealed.
alter table idempotency_keys add column sealed boolean not null default false;

create table password_policy (
  id integer primary key default 1 constraint password_policy_one_row check (id = 1),
  minimum_length integer not null default 10,
  remembered integer not null default 5,
  maximum_age_days integer,
  refuse_common boolean not null default true,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  version integer not null default 1
);

create table password_history (
  id uuid primary key,
  person_id uuid not null references users (id) on delete cascade,
  password_hash text not null,
  created_at timestamptz(3) not null default now()
);
create index on password_history (person_id, created_at);

create table credential_links (
  id uuid primary key,
  person_id uuid not null references users (id) on delete cascade,
  purpose text not null,
  email text not null,
  link_hash text not null unique,
  code_hash text not null,
  code_failures integer not null default 0,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  used_at timestamptz(3)
);
create index on credential_links (person_id, purpose);

create table recovery_requests (
  id uuid primary key,
  sealed_email text not null,
  language text not null,
  created_at timestamptz(3) not null default now(),
  handled_at timestamptz(3)
);
create index on recovery_requests (handled_at, created_at);

create table mail_outbox (
  id uuid primary key,
  template text not null,
  language text not null,
  sealed_message text,
  status text not null default 'waiting',
  attempts integer not null default 0,
  next_try_at timestamptz(3) not null,
  last_error text,
  created_at timestamptz(3) not null default now(),
  sent_at timestamptz(3)
);
create index on mail_outbox (status, next_try_at);
create index on mail_outbox (created_at);

-- These stay where they were made: a link is good at the server that mailed it. Added to the list as it stands.
do $$
begin
  execute format(
    'create or replace function sync_local_tables() returns text[] language sql immutable as %L',
    format('select %L::text[]', sync_local_tables() || array['credential_links', 'recovery_requests', 'mail_outbox'])
  );
end
$$;
