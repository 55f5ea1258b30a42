-- Tells every copy of the app that a hospital changed (suspended, moved, renamed), so that none goes on with
-- what it remembers. The counts that the health job refreshes are no such change.
create function tenants_announce() returns trigger language plpgsql as
$$
begin
  perform pg_notify('tenants_changed', new.id::text);
  return null;
end
$$;

create trigger tenants_announce_insert after insert on tenants
  for each row execute function tenants_announce();

create trigger tenants_announce_update after update on tenants
  for each row when (old.version is distinct from new.version)
  execute function tenants_announce();

-- The owner's list searches within names.
create index tenants_search on tenants using gin (
  (lower(company_name) || ' ' || subdomain) gin_trgm_ops
);
