-- How names are compared: without capitals, accents and apostrophes, hyphens as blanks, and with the letters that
-- Arabic and Urdu keyboards write in two ways as one. A wrapper, since unaccent itself is not immutable; all it
-- needs is named in full, because indexes are built under an empty search path.
create function wardline_fold(value text) returns text
language sql immutable strict parallel safe
return translate(lower(extensions.unaccent('extensions.unaccent'::regdictionary, value)), '-يىكةۀ''’ʼ`´‘', ' ییکہہ');

-- What a search looks through: each word of the name after a blank, then record number, national number and phone
-- without the marks that people write in them.
alter table patients add column search text not null generated always as (
  ' ' || wardline_fold(coalesce(first_name, '')) || ' ' || wardline_fold(coalesce(middle_name, ''))
  || ' ' || wardline_fold(coalesce(last_name, '')) || ' ' || lower(mrn)
  || ' ' || regexp_replace(lower(coalesce(national_id, '')), '[^a-z0-9]', '', 'g')
  || ' ' || regexp_replace(coalesce(phone, ''), '\D', '', 'g')
) stored;

-- The order of a list by name.
alter table patients add column sort_name text not null generated always as (
  btrim(wardline_fold(coalesce(last_name, '') || ' ' || coalesce(first_name, '') || ' ' || coalesce(middle_name, '')))
) stored;

create index patients_search on patients using gin (search extensions.gin_trgm_ops);
create index patients_by_sort_name on patients (sort_name, id) where deleted_at is null;
create index patients_by_birth on patients (coalesce(born_on, date '0001-01-01'), id) where deleted_at is null;
create index patients_born on patients (born_on);
create index patients_deleted on patients (deleted_at) where deleted_at is not null;

alter table patients
  add constraint patients_sex_known check (sex in ('female', 'male', 'other', 'unknown')),
  add constraint patients_status_known check (status in ('active', 'inactive', 'deceased')),
  add constraint patients_blood_group_known
    check (blood_group in ('A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', 'O+', 'O-')),
  add constraint patients_marital_status_known
    check (marital_status in ('single', 'married', 'divorced', 'widowed', 'separated', 'unknown'));

alter table users
  add constraint users_status_known check (status in ('active', 'suspended', 'deactivated')),
  add constraint users_language_known check (language in ('en', 'ur', 'hi')),
  add constraint users_theme_known check (theme in ('light', 'dark', 'system'));

alter table hospital_settings
  add constraint hospital_settings_language_known check (language in ('en', 'ur', 'hi'));

alter table limits add constraint limits_resource_known check (resource in ('patients', 'users'));
