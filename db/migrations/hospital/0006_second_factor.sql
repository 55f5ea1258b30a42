-- The second factor of the staff, and which roles ask for one at sign-in.
create table second_factors (
  person_id uuid primary key references users (id) on delete cascade,
  sealed_secret text not null,
  created_at timestamptz(3) not null default now(),
  confirmed_at timestamptz(3),
  last_step integer,
  failures integer not null default 0,
  locked_until timestamptz(3)
);

create table recovery_codes (
  id uuid primary key,
  person_id uuid not null references users (id) on delete cascade,
  code_hash text not null,
  created_at timestamptz(3) not null default now(),
  spent_at timestamptz(3)
);
create index recovery_codes_person_id_index on recovery_codes (person_id);

create table sign_in_challenges (
  id uuid primary key,
  person_id uuid not null references users (id) on delete cascade,
  kind text not null check (kind in ('browser', 'token')),
  secret_hash text not null unique,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  failures integer not null default 0,
  spent_at timestamptz(3)
);
create index sign_in_challenges_person_id_index on sign_in_challenges (person_id);

alter table sessions add column proved_at timestamptz(3);
alter table sessions add column enrolment_due boolean not null default false;

alter table roles add column requires_second_factor boolean not null default false;

-- A sign-in is finished where it was begun: its challenge stays there. The other names stay as they are.
do $$
begin
  execute format(
    'create or replace function sync_local_tables() returns text[] language sql immutable as $body$ select %L::text[] $body$',
    sync_local_tables() || array['sign_in_challenges']
  );
end
$$;
