-- Files and the documents that name them (docs/decisions/045-files.md).
create table files (
  sha256 text primary key,
  bytes integer not null,
  media_type text not null,
  created_at timestamptz(3) not null default now(),
  constraint files_sha256 check (sha256 ~ '^[0-9a-f]{64}$')
);

create table documents (
  id uuid primary key,
  patient_id uuid not null references patients (id),
  encounter_id uuid references encounters (id),
  kind text not null,
  title text not null,
  file_sha256 text not null references files (sha256),
  file_name text not null,
  created_by uuid,
  created_by_name text not null,
  deleted_at timestamptz(3),
  deleted_by_name text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  version integer not null default 1
);
create index documents_of_patient on documents (patient_id, created_at desc, id desc);
create index documents_of_file on documents (file_sha256);

-- What the other side has said that it holds: asked anew on another node.
create table file_copies (
  sha256 text primary key references files (sha256) on delete cascade,
  copied_at timestamptz(3) not null
);

do $$
begin
  execute format(
    'create or replace function sync_local_tables() returns text[] language sql immutable as %L',
    format('select %L::text[]', sync_local_tables() || array['file_copies'])
  );
end
$$;

update roles set permissions = array(
  select distinct unnest(permissions || array['documents:read', 'documents:write']))
where key in ('admin', 'sub-admin', 'doctor', 'nurse', 'lab-technician', 'radiologist') and built_in;
update roles set permissions = array(select distinct unnest(permissions || array['documents:read']))
where key = 'pharmacist' and built_in;
