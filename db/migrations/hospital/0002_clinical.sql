-- Numbers of patients: the text of an MRN is the number and its check character (server/hospital/patients/mrn.ts).
create sequence mrn_seq start with 100001;

-- Every foreign key of a hospital may be checked at the end of a transaction, since the online copy applies a whole
-- cut of the primary at once, in the order of its tables. Left to itself, each is still checked by its own statement.
do $$
declare
  key record;
begin
  for key in
    select c.conrelid::regclass as owner, c.conname as name
    from pg_constraint c
    where c.contype = 'f' and not c.condeferrable and c.connamespace = current_schema()::regnamespace
  loop
    execute format('alter table %s alter constraint %I deferrable initially immediate', key.owner, key.name);
  end loop;
end
$$;
