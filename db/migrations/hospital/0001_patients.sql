-- How names are compared: without capitals, accents and apostrophes, hyphens as blanks, and with the letters that
-- Arabic and Urdu keyboards write in two ways as one. A wrapper, since unaccent itself is not immutable; all it
-- needs is named in full, because indexes are built under an empty search path.
create function wardline_fold(value text) returns text
language sql immutable strict parallel safe
return translate(lower(extensions.unaccent('extensions.unaccent'::regdictionary, value)), '-يىكةۀ''’ʼ`´‘', ' ییکہہ');

-- How a name sounds, roughly, whoever wrote it down: Fatima and Fatma, Sheikh and Shaikh, Mohammad and Muhammad, Johnson
-- and Jonson are one. Vowels count only at the start of a word; letters for one sound are one letter.
create function wardline_sound(value text) returns text
language sql immutable strict parallel safe
return regexp_replace(regexp_replace(regexp_replace(
  translate(replace(wardline_fold(value), 'ph', 'f'), 'qczv', 'kksw'),
  '\m[aeiouy]+', 'a', 'g'), '(?<=\w)[aeiouyh]+', '', 'g'), '(\w)\1+', '\1', 'g');

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

-- The same words as they sound, each between blanks.
alter table patients add column sound text not null generated always as (
  ' ' || wardline_sound(coalesce(first_name, '')) || ' ' || wardline_sound(coalesce(middle_name, ''))
  || ' ' || wardline_sound(coalesce(last_name, '')) || ' '
) stored;

create index patients_search on patients using gin (search extensions.gin_trgm_ops);
create index patients_sound on patients using gin (sound extensions.gin_trgm_ops);
create index patients_similar on patients using gin (sort_name extensions.gin_trgm_ops);
create index patients_by_sort_name on patients (sort_name, id) where deleted_at is null;
create index patients_by_birth on patients (coalesce(born_on, date '0001-01-01'), id) where deleted_at is null;
create index patients_born on patients (born_on);
create index patients_deleted on patients (deleted_at) where deleted_at is not null;

-- Patients whose name is much like the words (folded, four at most), the nearest first: those that sound the same, and
-- those that share most of their letters. So that a common name stays quick, it looks at no more than some hundreds.
create function wardline_similar_names(words text[], at_most integer) returns table (id uuid, score real)
language plpgsql stable parallel safe
set pg_trgm.word_similarity_threshold = 0.45 as
$$
declare
  alike text := 'true';
  sounding text := 'true';
  score text := '0';
begin
  for place in 1..least(cardinality(words), 4) loop
    alike := alike || format(' and $1[%s] operator(extensions.<%%) p.sort_name', place);
    sounding := sounding || format(' and p.sound like ''%% '' || wardline_sound($1[%s]) || '' %%''', place);
    score := score || format(' + extensions.word_similarity($1[%s], near.sort_name)', place);
  end loop;
  return query execute format(
    'select near.id, max(near.bonus + %s)::real from ('
    '  (select p.id, p.sort_name, 0.5 as bonus from patients p where p.deleted_at is null and %s limit 500)'
    '  union all'
    '  (select p.id, p.sort_name, 0 from patients p where p.deleted_at is null and %s limit 700)'
    ') near where %s >= 0.25 * cardinality($1) group by near.id order by 2 desc, 1 desc limit $2',
    score, sounding, alike, score)
  using words, at_most;
end
$$;

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
