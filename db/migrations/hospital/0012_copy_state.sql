-- What a hospital's own pages may know of its online copy. The change log itself is closed to the hospital's
-- role; this tells how far it has been copied and nothing that it holds.
create function copy_state(out role text, out copied boolean, out copied_at timestamptz, out waiting bigint, out parked boolean)
language sql volatile security definer set search_path from current as
$$
  select s.role, (s.acked_at is not null or s.reseed_wanted is not null), s.acked_at, sync_waiting(),
    s.parked_code is not null
  from sync_state s
$$;
