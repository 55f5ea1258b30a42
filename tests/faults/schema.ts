/** The hospital of the laboratory: tables whose rows belong together, in each way that a follower could get wrong. */
export const labTables = `
create table commits (id uuid primary key, writer int not null, turn int not null, parts int not null,
  at timestamptz not null default clock_timestamp());
create index commits_at on commits (at);
create table parts (commit_id uuid not null references commits on delete cascade, n int not null, payload text not null,
  primary key (commit_id, n));
create table ledger (id bigint generated always as identity primary key, commit_id uuid not null, amount numeric not null);
create index ledger_commit on ledger (commit_id);
create table twins (id int not null, side text not null, value bigint not null, primary key (id, side));
create table tallies (id int primary key, value bigint not null, by uuid);
create table beds (id int primary key, holder text unique);
create table events (id uuid not null, commit_id uuid not null, at timestamptz not null, primary key (at, id)) partition by range (at);
create index events_commit on events (commit_id);
create table events_early partition of events for values from (minvalue) to ('2030-01-01Z');
create table events_late partition of events for values from ('2030-01-01Z') to (maxvalue);
create table bulk (id bigint primary key, note text not null);
insert into twins select i, side, 0 from generate_series(1, 8) i, unnest(array['left', 'right']) side;
insert into tallies select i, 0, null from generate_series(1, 40) i;
insert into beds select i, 'holder ' || i from generate_series(1, 20) i;
`;
