-- The second factor of operators, and what each of their roles asks for at sign-in.
create table operator_second_factors (
  person_id uuid primary key references operators (id) on delete cascade,
  sealed_secret text not null,
  created_at timestamptz(3) not null default now(),
  confirmed_at timestamptz(3),
  last_step integer,
  failures integer not null default 0,
  locked_until timestamptz(3)
);

create table operator_recovery_codes (
  id uuid primary key,
  person_id uuid not null references operators (id) on delete cascade,
  code_hash text not null,
  created_at timestamptz(3) not null default now(),
  spent_at timestamptz(3)
);
create index operator_recovery_codes_person_id_index on operator_recovery_codes (person_id);

create table operator_challenges (
  id uuid primary key,
  person_id uuid not null references operators (id) on delete cascade,
  kind text not null check (kind in ('browser', 'token')),
  secret_hash text not null unique,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  failures integer not null default 0,
  spent_at timestamptz(3)
);
create index operator_challenges_person_id_index on operator_challenges (person_id);

alter table operator_sessions add column proved_at timestamptz(3);
alter table operator_sessions add column enrolment_due boolean not null default false;

create table operator_role_rules (
  role text primary key,
  requires_second_factor boolean not null default false,
  updated_at timestamptz(3) not null default now()
);
