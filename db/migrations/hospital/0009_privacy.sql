-- Restricted records, consents, retention and support access (docs/decisions/055-restricted-records.md).

alter table patients add column restricted boolean not null default false;
create index patients_restricted on patients (id) where restricted;

create table patient_restrictions (
  id uuid primary key,
  patient_id uuid not null references patients (id),
  reason text not null,
  set_by uuid,
  set_by_name text not null,
  set_at timestamp (3) with time zone not null default now(),
  lifted_by uuid,
  lifted_by_name text,
  lifted_at timestamp (3) with time zone,
  lift_reason text
);
create unique index patient_restrictions_one on patient_restrictions (patient_id) where lifted_at is null;
create index patient_restrictions_patient on patient_restrictions (patient_id);

create table patient_access (
  id uuid primary key,
  patient_id uuid not null references patients (id),
  user_id uuid references users (id),
  department_id uuid references departments (id),
  until timestamp (3) with time zone,
  granted_by uuid,
  granted_by_name text not null,
  granted_at timestamp (3) with time zone not null default now(),
  revoked_by uuid,
  revoked_at timestamp (3) with time zone,
  constraint patient_access_one check ((user_id is null) <> (department_id is null))
);
create index patient_access_patient on patient_access (patient_id);

create table glass_breaks (
  id uuid primary key,
  patient_id uuid not null references patients (id),
  user_id uuid not null,
  user_name text not null,
  role_name text not null,
  reason text not null,
  explanation text not null,
  broken_at timestamp (3) with time zone not null,
  expires_at timestamp (3) with time zone not null,
  ended_at timestamp (3) with time zone,
  address text,
  verdict text not null default 'pending',
  reviewed_by uuid,
  reviewed_by_name text,
  reviewed_at timestamp (3) with time zone,
  review_note text,
  created_at timestamp (3) with time zone not null default now(),
  updated_at timestamp (3) with time zone not null default now(),
  version integer not null default 1,
  constraint glass_breaks_not_own_judge check (reviewed_by is distinct from user_id)
);
create index glass_breaks_open on glass_breaks (patient_id, user_id, expires_at);
create index glass_breaks_queue on glass_breaks (verdict, broken_at);

-- Whether a member of staff may open a restricted record at an instant: named for it (themselves or by their
-- department), or having broken the glass. The one place that knows; rules and lists both ask it.
create function wardline_may_open(patient uuid, who uuid, at timestamp with time zone) returns boolean
language sql stable as
$$
  select exists (
    select from patient_access a
    where a.patient_id = patient and a.revoked_at is null and (a.until is null or a.until > at)
      and (a.user_id = who or a.department_id = (select u.department_id from users u where u.id = who)))
  or exists (
    select from glass_breaks g
    where g.patient_id = patient and g.user_id = who and g.ended_at is null and g.expires_at > at)
$$;

create table consents (
  id uuid primary key,
  patient_id uuid not null references patients (id),
  purpose text not null,
  decision text not null,
  given_by text not null,
  giver_name text,
  method text not null,
  valid_from timestamp (3) with time zone not null,
  valid_until timestamp (3) with time zone,
  document_reference text,
  note text,
  recorded_by uuid,
  recorded_by_name text not null,
  withdrawn_at timestamp (3) with time zone,
  withdrawn_by_name text,
  withdraw_reason text,
  created_at timestamp (3) with time zone not null default now(),
  updated_at timestamp (3) with time zone not null default now(),
  version integer not null default 1
);
create index consents_patient on consents (patient_id, purpose, created_at);

create table retention_policies (
  id uuid primary key,
  record_class text not null unique,
  keep_days integer,
  changed_by_name text,
  created_at timestamp (3) with time zone not null default now(),
  updated_at timestamp (3) with time zone not null default now(),
  version integer not null default 1
);

create table legal_holds (
  id uuid primary key,
  patient_id uuid not null references patients (id),
  reason text not null,
  placed_by uuid,
  placed_by_name text not null,
  placed_at timestamp (3) with time zone not null default now(),
  lifted_by_name text,
  lifted_at timestamp (3) with time zone
);
create unique index legal_holds_one on legal_holds (patient_id) where lifted_at is null;
create index legal_holds_patient on legal_holds (patient_id);

create table erasures (
  id uuid primary key,
  patient_id uuid not null,
  mrn text not null,
  deleted_at timestamp (3) with time zone not null,
  erased_at timestamp (3) with time zone not null,
  kept_days integer not null,
  actor_name text not null,
  counts jsonb not null
);

create table retention_runs (
  id uuid primary key,
  started_at timestamp (3) with time zone not null,
  finished_at timestamp (3) with time zone,
  actor_name text not null,
  counts jsonb
);
create index retention_runs_started on retention_runs (started_at);

create table support_grants (
  id uuid primary key,
  operator_id uuid not null,
  operator_name text not null,
  operator_email text not null,
  reason text not null,
  minutes_asked integer not null,
  asked_at timestamp (3) with time zone not null,
  status text not null default 'waiting',
  decided_by uuid,
  decided_by_name text,
  decided_at timestamp (3) with time zone,
  note text,
  permissions text[] not null default '{}',
  expires_at timestamp (3) with time zone,
  ended_at timestamp (3) with time zone,
  ended_by_name text,
  entered_at timestamp (3) with time zone,
  link_hash text unique,
  link_expires_at timestamp (3) with time zone,
  created_at timestamp (3) with time zone not null default now(),
  updated_at timestamp (3) with time zone not null default now(),
  version integer not null default 1
);
create index support_grants_status on support_grants (status, asked_at);

create table support_sessions (
  id uuid primary key,
  grant_id uuid not null references support_grants (id) on delete cascade,
  token_hash text not null unique,
  user_agent text,
  address text,
  created_at timestamp (3) with time zone not null default now(),
  ended_at timestamp (3) with time zone
);
create index support_sessions_grant on support_sessions (grant_id);

-- Adds to the list of tables that stay on their node, whatever it holds by now.
do $do$
begin
  execute format(
    'create or replace function sync_local_tables() returns text[] language sql immutable as $$ select %L::text[] $$',
    sync_local_tables() || array['support_sessions']);
end
$do$;

-- Those who run the hospital watch over its records; those who treat may break the glass and see consents.
update roles set permissions = array(
  select distinct unnest(permissions || array['patients:restrict', 'patients:restricted', 'patients:break-glass',
    'privacy:review', 'consents:read', 'consents:edit', 'retention:read', 'retention:edit', 'support:decide']))
where key in ('admin', 'sub-admin') and built_in;
update roles set permissions = array(
  select distinct unnest(permissions || array['patients:break-glass', 'consents:read', 'consents:edit']))
where key in ('doctor', 'nurse') and built_in;
update roles set permissions = array(
  select distinct unnest(permissions || array['patients:break-glass', 'consents:read']))
where key in ('pharmacist', 'lab-technician', 'radiologist') and built_in;
update roles set permissions = array(
  select distinct unnest(permissions || array['consents:read', 'consents:edit']))
where key = 'receptionist' and built_in;
update roles set permissions = array(
  select distinct unnest(permissions || array['retention:read', 'support:decide']))
where key = 'it-admin' and built_in;
