-- Until a hospital's work has come back here from a server that was taken off, its database here stays a copy.
alter table nodes add column returned_at timestamptz(3);

-- Which server a hospital's records are changed on is looked up at every door.
create index nodes_away on nodes (tenant_id) where status = 'active' or (active_at is not null and returned_at is null);

-- The door changes too where the work comes back.
drop trigger nodes_announce on nodes;
create trigger nodes_announce after insert or update of status, address, returned_at on nodes
  for each row execute function nodes_announce();
